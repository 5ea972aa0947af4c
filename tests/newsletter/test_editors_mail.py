"""Who is told of a draft, in what words; and that a mail which fails costs nothing."""

from typing import Any

import pytest
from django.core import mail
from pytest_django.fixtures import Settings
from wagtail.models import GroupPagePermission

from home.models import HomePage, User
from newsletter.models import Bulletin, Issue
from newsletter.scheduling import assemble_due
from tests.newsletter.scheduled import DAY, fill, letter_of
from tests.sink import Sink


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    return letter_of(home)


@pytest.fixture
def due(home: HomePage, django_capture_on_commit_callbacks: Any) -> Any:
    def run() -> list[int]:
        with django_capture_on_commit_callbacks(execute=True):
            return assemble_due(DAY)

    return run


def test_the_editors_are_told_what_it_holds_and_where(
    home: HomePage, letter: Bulletin, due: Any, settings: Settings
) -> None:
    settings.SITE_URL = "https://lettre.example.org"
    fill(home)
    (issue_id,) = due()
    (message,) = mail.outbox
    assert message.to == ["redaction@example.org", "veille@example.org"]
    assert message.subject == "En quelques clics\u00a0: le n°\u00a01 est prêt à composer"
    assert "«\u00a0Veille de décembre 2026\u00a0» (n°\u00a01)" in message.body
    assert "- Le design\u00a0: 1 page\n- Les lieux\u00a0: 1 page\n" in message.body
    assert "1 page de la période n'entre dans aucune rubrique." in message.body
    assert f"https://lettre.example.org/admin/lettre/numeros/{issue_id}/" in message.body
    assert "Prochain assemblage\u00a0: le 01/01/2027." in message.body
    assert message.from_email == "En quelques clics <lettre@example.org>"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_without_addresses_the_accounts_that_may_change_the_bulletin_are_told(
    home: HomePage, due: Any, django_user_model: type[User]
) -> None:
    letter = letter_of(home, editors_addresses="")
    fill(home)
    people = django_user_model.objects
    admin = people.create_superuser("a", "admin@example.org", "x")
    writer = people.create_user("w", "writer@example.org", "x")
    people.create_user("n", "nobody@example.org", "x")
    gone = people.create_user("g", "gone@example.org", "x", is_active=False)
    people.create_superuser("s", "", "x")
    group = writer.groups.create(name="Plumes")
    gone.groups.add(group)
    GroupPagePermission.objects.create(group=group, page=letter, permission_type="change")
    due()
    assert mail.outbox[0].to == [admin.email, writer.email]


def test_a_relay_that_fails_loses_no_draft(
    home: HomePage, letter: Bulletin, due: Any, settings: Settings, caplog: Any
) -> None:
    fill(home)
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_URL = ""
    (issue_id,) = due()
    assert Issue.objects.filter(pk=issue_id).exists()
    assert f"editors.mail_not_sent bulletin={letter.pk}" in caplog.text
    assert "example.org" not in caplog.text


def test_the_mail_really_leaves(
    home: HomePage, letter: Bulletin, due: Any, settings: Settings
) -> None:
    fill(home)
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        due()
        # One message to two recipients; the sink writes down the first.
        assert "est prêt à composer" in sink.message("redaction@example.org")["Subject"]
