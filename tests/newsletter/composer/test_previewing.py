"""The previews of the latest version, in every form."""

import pytest
from django.test import Client

from home.models import HomePage
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue
from tests.veille.factories import notice

EDITION = {
    "type": "edition",
    "value": {
        "key": "fnau",
        "name": "FNAU",
        "mention": "",
        "url": "",
        "logo": None,
        "introduction": "<p>Un mot de la FNAU.</p>",
    },
}


@pytest.fixture
def made(home: HomePage) -> Issue:
    page = notice(home, title="Égalité & numérique")
    draft = issue(bulletin(home), page.pk, live=False)
    draft.editions = [EDITION]
    draft.save_revision()
    return draft


def shown(client: Client, made: Issue, form: str) -> tuple[str, str]:
    answer = client.get(f"/admin/lettre/numeros/{made.pk}/apercus/{form}/")
    assert answer.status_code == 200
    # A frame of our own admin, and of nobody else's page.
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    content = b"".join(answer) if answer.streaming else answer.content
    return answer["Content-Type"], content.decode("utf-8", "replace")


@pytest.mark.parametrize("form", ["courriel-600", "courriel-375", "sombre-375", "web", "web-375"])
def test_the_html_forms_show_the_draft(admin_client: Client, made: Issue, form: str) -> None:
    kind, html = shown(admin_client, made, form)
    assert kind.startswith("text/html")
    assert "Égalité &amp; numérique" in html


def test_the_text_form_is_text_and_the_pdf_a_pdf(admin_client: Client, made: Issue) -> None:
    kind, text = shown(admin_client, made, "texte")
    assert kind == "text/plain; charset=utf-8"
    assert "Égalité & numérique" in text
    kind, pdf = shown(admin_client, made, "pdf")
    assert (kind, pdf[:5]) == ("application/pdf", "%PDF-")


def test_the_dark_form_is_dark_for_who_looks_in_the_light(
    admin_client: Client, made: Issue
) -> None:
    assert "@media all{" in shown(admin_client, made, "sombre-600")[1].replace(" {", "{")
    assert "@media all{" not in shown(admin_client, made, "courriel-600")[1].replace(" {", "{")


def test_a_partner_s_edition_has_its_own_words_and_says_its_address(
    admin_client: Client, made: Issue
) -> None:
    assert "Un mot de la FNAU." in shown(admin_client, made, "edition-fnau")[1]
    assert "Un mot de la FNAU." not in shown(admin_client, made, "courriel-600")[1]
    assert shown(admin_client, made, "edition-fnau-pdf")[0] == "application/pdf"
    page = admin_client.get(f"/admin/lettre/numeros/{made.pk}/apercus/?forme=edition-fnau")
    assert f"{made.url}edition/fnau/" in page.content.decode()


def test_an_unknown_form_is_not_found(admin_client: Client, made: Issue) -> None:
    base = f"/admin/lettre/numeros/{made.pk}/apercus/"
    assert admin_client.get(f"{base}edition-personne/").status_code == 404
    assert admin_client.get(f"{base}?forme=personne").status_code == 200


def test_a_stranger_sees_no_draft(client: Client, made: Issue) -> None:
    answer = client.get(f"/admin/lettre/numeros/{made.pk}/apercus/web/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
