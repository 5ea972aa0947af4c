"""Legal pages state the settings' facts; machines read what they expect."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from lxml import html
from wagtail.models import Page, Site

from home import health
from home.models import HomePage, SiteSettings, StandardPage
from home.sitemaps import MAX_CHILDREN

pytestmark = pytest.mark.django_db

LEGAL = {
    "/mentions-legales/": "Mentions légales",
    "/donnees-personnelles/": "Données personnelles",
    "/accessibilite/": "Déclaration d’accessibilité",
    "/plan-du-site/": "Plan du site",
    "/contact/": "Contact",
}


@pytest.fixture
def centre(home: HomePage) -> SiteSettings:
    return SiteSettings.for_site(Site.objects.get(is_default_site=True))


def main_text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    text = html.fromstring(response.content).get_element_by_id("contenu").text_content()
    return " ".join(text.split())


@pytest.mark.parametrize(("url", "heading"), LEGAL.items())
def test_a_legal_page_has_its_heading_and_its_title(
    client: Client, centre: SiteSettings, url: str, heading: str
) -> None:
    tree = html.fromstring(client.get(url).content)
    assert [h1.text_content() for h1 in tree.iter("h1")] == [heading]
    assert tree.findtext("head/title") == f"{heading} – Centre de ressources"


def test_legal_notice_states_the_editor_and_the_host(client: Client, centre: SiteSettings) -> None:
    facts = {
        "editor_name": "GIP Exemple",
        "editor_legal_form": "Groupement d’intérêt public",
        "editor_address": "1 rue Neuve\n99000 Ville",
        "editor_phone": "01 99 00 00 01",
        "publication_director": "Hélène Exemple",
        "host_name": "Hébergeur Exemple",
        "host_address": "3 impasse du Port",
        "host_phone": "01 99 00 00 02",
    }
    SiteSettings.objects.filter(pk=centre.pk).update(**facts)
    text = main_text(client, "/mentions-legales/")
    for fact in facts.values():
        assert " ".join(fact.split()) in text


def test_an_empty_fact_prints_no_empty_label(client: Client, centre: SiteSettings) -> None:
    text = main_text(client, "/mentions-legales/") + main_text(client, "/contact/")
    for label in ("Téléphone", "Courriel", "Direction de la publication", "Hébergement"):
        assert label not in text
    assert "Délégué" not in main_text(client, "/donnees-personnelles/")


def test_privacy_states_the_basis_the_duration_and_the_officer(
    client: Client, centre: SiteSettings
) -> None:
    SiteSettings.objects.filter(pk=centre.pk).update(
        legal_basis="mission", retention_months=6, dpo_name="M. Exemple", dpo_email="d@example.org"
    )
    text = main_text(client, "/donnees-personnelles/")
    assert "Mission d'intérêt public (RGPD, art. 6.1.e)" in text
    assert "au bout de 6 mois" in text
    assert "M. Exemple, d@example.org" in text
    assert "CNIL" in text


def test_a_site_without_an_audit_declares_itself_non_compliant(
    client: Client, centre: SiteSettings
) -> None:
    text = main_text(client, "/accessibilite/")
    assert "est non conforme avec le référentiel" in text
    assert "Libre réponse 71120, 75342 Paris CEDEX 07" in text
    foot = html.fromstring(client.get("/contact/").content).find(".//footer").text_content()
    assert "Accessibilité : non conforme" in foot


def test_an_audited_site_states_its_rate_and_its_date(client: Client, centre: SiteSettings) -> None:
    SiteSettings.objects.filter(pk=centre.pk).update(
        compliance="partielle",
        compliance_percent=82,
        audit_date=date(2026, 3, 2),
        audit_author="Cabinet Exemple",
    )
    text = main_text(client, "/accessibilite/")
    assert "est partiellement conforme" in text
    assert "réalisé par Cabinet Exemple le 2 mars 2026 révèle que 82 % des critères" in text


def test_declaration_keeps_the_order_of_its_sections(client: Client, centre: SiteSettings) -> None:
    tree = html.fromstring(client.get("/accessibilite/").content)
    assert [h2.text_content() for h2 in tree.find(".//main").iter("h2")] == [
        "État de conformité",
        "Résultats des tests",
        "Contenus non accessibles",
        "Établissement de cette déclaration d’accessibilité",
        "Retour d’information et contact",
        "Voies de recours",
    ]


def test_site_plan_lists_live_pages_in_their_place(client: Client, home: HomePage) -> None:
    about = home.add_child(instance=StandardPage(title="À propos", slug="a-propos"))
    about.add_child(instance=StandardPage(title="L’équipe", slug="equipe"))
    home.add_child(instance=StandardPage(title="Brouillon", slug="brouillon", live=False))
    tree = html.fromstring(client.get("/plan-du-site/").content).find(".//main")
    assert tree.xpath(".//li[a='À propos']/ul/li/a/@href") == ["/a-propos/equipe/"]
    assert "Brouillon" not in tree.text_content()


def test_site_plan_cuts_a_long_shelf_and_counts_what_is_left(
    client: Client, home: HomePage, django_assert_max_num_queries: object
) -> None:
    shelf = home.add_child(instance=StandardPage(title="Rayon", slug="rayon"))
    for rank in range(MAX_CHILDREN + 3):
        shelf.add_child(instance=StandardPage(title=f"Page {rank}", slug=f"page-{rank}"))
    with django_assert_max_num_queries(12):
        response = client.get("/plan-du-site/")
    tree = html.fromstring(response.content).find(".//main")
    assert len(tree.xpath(".//li[a='Rayon']/ul/li")) == MAX_CHILDREN + 1
    assert "et 3 autres dans « Rayon »" in tree.text_content()


def test_robots_are_kept_out_of_the_admin_and_shown_the_sitemap(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /admin/" in lines
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"


def test_sitemap_names_the_live_pages(client: Client, home: HomePage) -> None:
    home.add_child(instance=StandardPage(title="À propos", slug="a-propos"))
    body = client.get("/sitemap.xml").content.decode()
    assert "/a-propos/</loc>" in body


def test_security_txt_gives_a_contact_and_expires_within_a_year(
    client: Client, centre: SiteSettings
) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    SiteSettings.objects.filter(pk=centre.pk).update(contact_email="contact@example.org")
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert lines[0] == "Contact: mailto:contact@example.org"
    expires = datetime.fromisoformat(lines[1].removeprefix("Expires: "))
    assert 0 < (expires - datetime.now(UTC)).days < 365


def test_accent_is_served_only_when_chosen(client: Client, centre: SiteSettings) -> None:
    assert b"accent.css" not in client.get("/contact/").content
    SiteSettings.objects.filter(pk=centre.pk).update(accent_colour="#FFCC00")
    assert b"/style/accent.css?FFCC00" in client.get("/contact/").content
    response = client.get("/style/accent.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response.content.decode() == (
        ":root{--centre-accent:#8A6E00;--centre-accent-dark:#FFCC00}"
    )


def test_liveness_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/sante/vivant")
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert "no-store" in response["Cache-Control"]


def test_readiness_is_refused_when_the_broker_is_down(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/sante/pret")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "database": True, "broker": False, "search": True}


def test_readiness_is_granted_when_every_part_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "broker_answers", lambda: True)
    response = client.get("/sante/pret")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": True, "broker": True, "search": True}


def test_an_unknown_address_is_told_in_french(client: Client, home: HomePage) -> None:
    response = client.get("/n-existe-pas/")
    assert response.status_code == 404
    assert "Cette page n’existe pas ou n’existe plus" in response.content.decode()


def test_an_error_page_needs_neither_context_nor_database(
    client: Client, home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Page, "route", fail)
    client.raise_request_exception = False
    response = client.get("/n-existe-pas/")
    assert response.status_code == 500
    assert "Le site a rencontré une erreur" in response.content.decode()
