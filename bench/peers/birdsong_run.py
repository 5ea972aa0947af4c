"""wagtail-birdsong sends a campaign: its own SMTP backend, a static template, SQLite.

`python birdsong_run.py FOLDER PORT COUNT`: FOLDER holds letter.html and letter.txt, whose
`{{ contact.id }}` is the reader's. Prints seconds, CPU and peak memory as JSON.
"""

import json
import sys
import threading
import time
import types
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.test import RequestFactory

folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
wagtail = ["users", "images", "documents", "admin"]
settings.configure(
    SECRET_KEY="bench",  # noqa: S106
    STATIC_URL="/static/",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "peer",
        "birdsong",
        "wagtail_modeladmin",
        *(f"wagtail.{name}" for name in wagtail),
        "wagtail",
        "modelcluster",
        "taggit",
        *(f"django.contrib.{n}" for n in ("auth", "contenttypes", "sessions", "messages")),
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "birdsong.sqlite3"}
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [folder / "templates"],
            "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [
                "django.template.loaders.filesystem.Loader"])]},
        }
    ],
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=port,
    DEFAULT_FROM_EMAIL="En quelques clics <lettre@example.org>",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    WAGTAIL_SITE_NAME="bench",
    WAGTAILADMIN_BASE_URL="http://localhost",
    USE_TZ=True,
)  # fmt: skip
peer = types.ModuleType("peer")
peer.__path__ = [str(folder)]
sys.modules["peer"] = peer
django.setup()

from birdsong.backends.smtp import SMTPEmailBackend  # noqa: E402 — settings first
from birdsong.models import Campaign, Contact  # noqa: E402

call_command("migrate", verbosity=0)


class Letter(Campaign):
    class Meta:
        app_label = "birdsong"
        proxy = True


campaign = Letter.objects.create(name="Bench", subject="En quelques clics")
contacts = Contact.objects.bulk_create(
    Contact(email=f"lecteur{n}@exemple.fr") for n in range(count)
)
request = RequestFactory().get("/", HTTP_HOST="localhost")
start, cpu = time.perf_counter(), time.process_time()
SMTPEmailBackend().send_campaign(request, campaign, list(contacts))
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
found = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
status = Path("/proc/self/status").read_text("utf-8")
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
campaign.refresh_from_db()
print(json.dumps(found | {"megabytes": peak, "status": campaign.status}))
