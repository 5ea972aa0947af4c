"""Presses « Envoyer » for BENCH_TIMES issues of 45 lines; seconds of each request."""

import json
import os
import time

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from home.models import User
from newsletter.models import Mailing
from tests.newsletter.sending import A_WORD, issue

client = Client()
client.force_login(User.objects.create_superuser("bench", "bench@example.org"))
seconds = []
for number in range(10, 10 + int(os.environ["BENCH_TIMES"])):
    page = issue(number, rubrics=[A_WORD] * 45)
    client.get(reverse("newsletter_sending", args=[page.pk]))
    begun = time.perf_counter()
    answer = client.post(reverse("newsletter_send", args=[page.pk]))
    seconds.append(time.perf_counter() - begun)
    if answer.status_code != 302:
        raise SystemExit(f"answered {answer.status_code}")
    made = Mailing.objects.of_issue(page.pk).first()
    if made is None:
        raise SystemExit(f"refused: {[str(said) for said in get_messages(answer.wsgi_request)]}")
print(json.dumps({"seconds": seconds, "state": made.state}))
