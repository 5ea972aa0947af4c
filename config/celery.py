"""The Celery application. Tasks are doorbells: the database holds the queue's truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("en_quelques_clics")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
