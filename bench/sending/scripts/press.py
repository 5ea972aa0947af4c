"""Presses « Envoyer » for the issue BENCH_PAGE at the instant BENCH_AT; prints the status."""

import os
import time

from django.test import Client
from django.urls import reverse

from home.models import User

client = Client()
client.force_login(User.objects.create_superuser(os.environ["BENCH_USER"], "bench@example.org"))
time.sleep(max(0, float(os.environ["BENCH_AT"]) - time.time()))
answer = client.post(reverse("newsletter_send", args=[int(os.environ["BENCH_PAGE"])]))
print(answer.status_code)
