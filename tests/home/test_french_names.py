"""Groups and reviews that Wagtail makes in English are shown in French."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from wagtail.models import Task, Workflow

migration = import_module("home.migrations.0003_french_names")
pytestmark = pytest.mark.django_db


def names() -> tuple[set[str], set[str], set[str]]:
    groups = set(Group.objects.values_list("name", flat=True))
    workflows, tasks = (set(m.objects.values_list("name", flat=True)) for m in (Workflow, Task))
    return groups, workflows, tasks


def english() -> None:
    for model in (Group, Workflow, Task):
        model.objects.all().delete()
    Group.objects.create(name="Editors")
    Group.objects.create(name="Moderators")
    Workflow.objects.create(name="Moderators approval")
    Task.objects.create(name="Moderators approval")


def test_names_become_french_and_english_again() -> None:
    english()
    before = names()
    migration.into_french(apps, None)
    assert names() == ({"Rédaction", "Modération"}, {"Relecture"}, {"Relecture"})
    migration.into_english(apps, None)
    assert names() == before


def test_what_is_absent_or_named_already_is_left() -> None:
    english()
    Workflow.objects.all().delete()
    Group.objects.create(name="Rédaction")
    migration.into_french(apps, None)
    assert names() == ({"Editors", "Rédaction", "Modération"}, set(), {"Relecture"})
