"""One delivery for each of the readers of a bulletin: seconds, statements, peak memory."""

import json
import time
from pathlib import Path

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.memory import megabytes
from newsletter.engine.recipients import address, audience
from newsletter.models.deliveries import Mailing, MailingContent
from tests.newsletter.sending import bulletin, issue

page = issue(3)
mailing = Mailing.objects.create(issue=page, bulletin=bulletin(), state="paused")
content = MailingContent.objects.create(mailing=mailing, key="issue", subject="O", html="", text="")
Path("/proc/self/clear_refs").write_text("5", "utf-8")
before, begun = megabytes("VmHWM"), time.perf_counter()
with CaptureQueriesContext(connection) as captured, transaction.atomic():
    rows = address(mailing, content, audience(page), team=["lecteur7@exemple.fr"])
seconds = time.perf_counter() - begun
print(
    json.dumps(
        {
            "rows": rows,
            "seconds": seconds,
            "queries": len(captured),
            "megabytes": megabytes("VmHWM") - before,
        }
    )
)
