"""An issue is submitted and approved through Wagtail's workflow."""

import pytest
from pytest_django.fixtures import Settings

from config.demo import rights
from home.models import HomePage, User
from tests.newsletter.factories import bulletin, issue
from tests.sink import Sink, free_port


@pytest.mark.parametrize("relay", ["", "nobody", "refuses"])
def test_a_review_goes_on_where_nobody_can_be_told(
    settings: Settings, home: HomePage, relay: str
) -> None:
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    letter = bulletin(home)
    group = rights.editors_in_chief(letter.get_parent())
    chief = User.objects.create_user("chef", email="chef@example.org", password="x")
    chief.groups.add(group)
    writer = User.objects.create_superuser("claire", password="x")
    made = issue(letter, live=False)
    with Sink() as sink:
        settings.SMTP_URL = {
            "": "",
            "nobody": f"smtp://127.0.0.1:{free_port()}",
            "refuses": f"{sink.url}?tls=starttls",
        }[relay]
        made.get_workflow().start(made, writer)
    assert made.current_workflow_task.name == rights.LETTER_REVIEW
    assert sink.taken == []


def test_who_approves_is_told_by_mail(settings: Settings, home: HomePage) -> None:
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    letter = bulletin(home)
    chief = User.objects.create_user("chef", email="chef@example.org", password="x")
    chief.groups.add(rights.editors_in_chief(letter.get_parent()))
    writer = User.objects.create_superuser("claire", password="x")
    made = issue(letter, live=False)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        made.get_workflow().start(made, writer)
        assert [to for to, _ in sink.taken] == ["chef@example.org"]
