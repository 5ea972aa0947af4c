"""`preflight_issue`: its exit codes and what it prints."""

import io
import json

from django.core.management import CommandError, call_command

from home.models import HomePage
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.veille.factories import notice


def run(*arguments: object) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of the command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("preflight_issue", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def ready(home: HomePage) -> Issue:
    letter = bulletin(home)
    reader("lectrice@exemple.fr", to=letter)
    return issue(letter, notice(home, title="Un guide").pk)


def test_an_issue_in_order_exits_with_0(home: HomePage) -> None:
    made = ready(home)
    assert run(made.pk) == (0, "Bon à diffuser.\n", "")
    code, out, err = run(made.pk, "--json")
    assert (code, json.loads(out), err) == (0, {"blocking": [], "warnings": []}, "")


def test_what_blocks_exits_with_1_and_is_named_with_its_place(home: HomePage) -> None:
    made = ready(home)
    type(made.bulletin).objects.update(reply_to="")
    where = f"/admin/pages/{made.bulletin_id}/edit/#panel-child-contenu-expedition-section"
    words = "Le bulletin n'a pas d'adresse de réponse."
    assert run(made.pk) == (1, f"Bloquant\u00a0: {words} {where}\n", "")
    code, out, _ = run(made.pk, "--json")
    finding = {"code": "no-reply-to", "message": words, "where": where}
    assert (code, json.loads(out)) == (1, {"blocking": [finding], "warnings": []})


def test_a_warning_alone_exits_with_0(home: HomePage) -> None:
    made = issue(bulletin(home), notice(home).pk)
    code, out, _ = run(made.pk)
    assert code == 0
    assert out.splitlines() == [
        "À vérifier\u00a0: Le bulletin n'a aucun abonné confirmé\u00a0: il n'y a personne à qui "
        "écrire. /admin/abonnes/",
        "Bon à diffuser.",
    ]


def test_the_latest_version_is_judged_and_its_difference_told(home: HomePage) -> None:
    made = ready(home)
    made.rubrics = []
    made.save_revision()
    code, out, err = run(made.pk, "--json")
    assert code == 1
    assert [finding["code"] for finding in json.loads(out)["blocking"]] == ["empty"]
    assert "la version publiée, celle qui part, en diffère" in err


def test_an_unknown_issue_exits_with_2(home: HomePage) -> None:
    assert run(999_999) == (2, "", "Le numéro 999999 n'existe pas.")
