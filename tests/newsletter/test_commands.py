import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.engine.delivery import deliver
from newsletter.models import Issue, Mailing
from tests.newsletter.sending import bulletin, issue, mailing_to, readers
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_sending_prints_the_mailing_and_a_second_time_names_it():
    page = issue()
    readers(3)
    code, out, _ = run("send_issue", page.pk, "--json")
    mailing = Mailing.objects.get()
    facts = {"mailing": mailing.pk, "state": "ready", "recipients": 3}
    assert (code, json.loads(out)) == (0, facts)
    code, out, err = run("send_issue", page.pk, "--json")
    assert code == 1
    assert json.loads(out).items() >= facts.items()
    assert f"l'envoi {mailing.pk}" in err
    assert Mailing.objects.count() == 1


def test_a_draft_is_refused_with_1_and_an_unknown_issue_with_2():
    assert run("send_issue", issue(live=False).pk)[0] == 1
    assert run("send_issue", 999_999)[0] == 2


@pytest.mark.parametrize("at", ["demain", "2020-01-01T09:00", "2026-13-01", "2030-02-30"])
def test_an_unusable_date_is_refused_with_2(at: str):
    assert run("send_issue", issue().pk, "--at", at)[0] == 2
    assert not Mailing.objects.exists()


def test_a_date_to_come_schedules_in_paris_time():
    page = issue()
    readers(1)
    assert (
        json.loads(run("send_issue", page.pk, "--at", "2099-07-01T09:00", "--json")[1])["state"]
        == "scheduled"
    )
    assert Mailing.objects.get().scheduled_at.isoformat() == "2099-07-01T07:00:00+00:00"


def test_a_test_goes_to_the_given_addresses_only(settings):
    page = issue()
    readers(2)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        code, out, _ = run(
            "send_issue", page.pk, "--test", "a@exemple.fr", "--test", "b@exemple.fr", "--json"
        )
        assert sorted(sink.addresses) == ["a@exemple.fr", "b@exemple.fr"]
    assert code == 0
    assert json.loads(out).items() >= {"state": "sent", "recipients": 2}.items()


def test_a_test_and_a_date_do_not_go_together():
    arguments = ("--test", "a@b.fr", "--at", "2099-01-01")
    assert run("send_issue", issue().pk, *arguments)[0] == 2


STATUS = {"total", "pending", "submitting", "sent", "failed", "uncertain", "skipped", "state"}
STATUS |= {"rate", "eta_seconds", "wave", "workers", "connections"}
STATUS |= {"domains", "last_errors", "note"}


def test_the_status_has_every_key_of_the_contract(settings):
    mailing = mailing_to(3)
    with Sink(at_recipient={"lecteur3@exemple.fr": "451 4.3.0 Later"}) as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
    code, out, _ = run("mailing", mailing.pk, "status", "--json")
    facts = json.loads(out)
    assert (code, set(facts)) == (0, STATUS)
    assert (facts["state"], facts["total"], facts["sent"], facts["pending"]) == ("sending", 3, 2, 1)
    assert "3 en tout" in run("mailing", mailing.pk, "status")[1]


def test_a_mailing_is_steered_and_a_refusal_names_its_reason():
    mailing = mailing_to(1)
    assert json.loads(run("mailing", mailing.pk, "pause", "--json")[1])["state"] == "paused"
    code, out, err = run("mailing", mailing.pk, "pause", "--json")
    assert code == 1
    assert json.loads(out)["error"] in err
    assert json.loads(run("mailing", mailing.pk, "cancel", "--json")[1])["skipped"] == 1
    assert run("mailing", mailing.pk, "retry-failed")[0] == 1
    assert run("mailing", 999_999, "status")[0] == 2


def test_failed_rows_are_tried_again_on_request():
    mailing = mailing_to(1, state="sent", finished_at=timezone.now())
    mailing.deliveries.update(state="failed", finished_at=timezone.now())
    code, out, _ = run("mailing", mailing.pk, "retry-failed", "--json")
    assert (code, json.loads(out)["pending"], json.loads(out)["state"]) == (0, 1, "sending")


def test_publishing_puts_the_latest_revision_online():
    page = issue(live=False)
    page.title = "Titre neuf"
    page.save_revision()
    assert run("publish_issue", page.pk)[0] == 0
    page = Issue.objects.get()
    assert (page.live, page.title) == (True, "Titre neuf")
    assert run("publish_issue", 999_999)[0] == 2


def write(folder: Path, text: str) -> Path:
    file = folder / "abonnes.csv"
    file.write_text(text)
    return file


def test_an_import_prints_one_json_object(tmp_path: Path):
    bulletin()
    good = write(tmp_path, "email\na@exemple.fr\n")
    code, out, _ = run("import_subscribers", good, "--provenance", "Salon", "--json")
    facts = {"read": 1, "created": 1, "already": 0, "suppressed": 0, "rejected": []}
    assert (code, json.loads(out)) == (0, facts)


def test_an_import_in_part_exits_with_1_and_an_unusable_one_with_2(tmp_path: Path):
    bulletin()
    part = write(tmp_path, "email\na@exemple.fr\nx\n")
    code, out, _ = run("import_subscribers", part, "--provenance", "Salon", "--json")
    assert code == 1
    assert json.loads(out)["rejected"] == [{"line": 3, "reason": "Cette adresse n'est pas valide."}]
    assert run("import_subscribers", write(tmp_path, "nom\nx\n"), "--provenance", "S")[0] == 2
    assert run("import_subscribers", tmp_path / "absent.csv", "--provenance", "S")[0] == 2
    assert run("import_subscribers", part, "--provenance", " ")[0] == 2
    assert run("import_subscribers", part, "--provenance", "S", "--bulletin", "x")[0] == 2
