"""django-newsletter submits a message: static templates, SQLite.

`python newsletter_run.py FOLDER PORT COUNT`: FOLDER/templates/newsletter/message/bench holds
message.html, message.txt and message_subject.txt, whose `{{ subscription.activation_code }}` is
the reader's. Prints seconds, CPU and peak memory as JSON.
"""

import json
import sys
import time
import types
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
names = ("admin", "auth", "contenttypes", "sessions", "messages", "sites")
settings.configure(
    SECRET_KEY="bench",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="peer_urls",
    SITE_ID=1,
    INSTALLED_APPS=[*(f"django.contrib.{n}" for n in names), "sorl.thumbnail", "newsletter"],
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "newsletter.sqlite3"}
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [folder / "templates"],
            "APP_DIRS": True,
        }
    ],
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=port,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
urls = types.ModuleType("peer_urls")
sys.modules["peer_urls"] = urls
django.setup()
urls.urlpatterns = [path("", include("newsletter.urls"))]

from django.utils.timezone import now  # noqa: E402 — settings first

from newsletter.models import Message, Newsletter, Submission, Subscription  # noqa: E402

call_command("migrate", verbosity=0)
letter = Newsletter.objects.create(
    title="En quelques clics", slug="bench", email="lettre@example.org", sender="En quelques clics"
)
letter.site.set([1])
message = Message.objects.create(title="En quelques clics", slug="bench", newsletter=letter)
Subscription.objects.bulk_create(
    Subscription(
        newsletter=letter,
        email_field=f"lecteur{n}@exemple.fr",
        subscribed=True,
        activation_code=f"tokenOfReader{n:09d}",
    )
    for n in range(count)
)
submission = Submission.from_message(message)
submission.publish_date = now() - timedelta(hours=1)
submission.prepared = True
submission.save()
start, cpu = time.perf_counter(), time.process_time()
Submission.submit_queue()
found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
status = Path("/proc/self/status").read_text("utf-8")
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
submission.refresh_from_db()
print(json.dumps(found | {"megabytes": peak, "status": int(submission.sent)}))
