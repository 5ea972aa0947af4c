"""The public archive: the web version of an issue and of its partners' editions."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from home.models import HomePage
from newsletter.engine import dispatch
from newsletter.models import Mailing
from tests.newsletter.factories import bulletin, issue, line, rubric
from tests.newsletter.keeping import (
    FILES,
    LETTER,
    URL,
    edition,
    erratum,
    hors_serie,
    sent,
    texts,
    tree,
)
from tests.newsletter.sending import reader
from tests.veille.factories import agenda_entry, notice
from veille.models import Notice

HOSTILE = '<script>alert("x")</script> & « guillemets »'


def test_an_unsent_issue_is_composed_as_it_is_now(home: HomePage, client: Client) -> None:
    hors_serie(home)
    Notice.objects.filter(slug="soluble").update(title="Titre corrigé")
    assert "Titre corrigé" in client.get(URL).content.decode()


def test_a_correction_is_dated_shown_first_and_sent_to_nobody(
    home: HomePage, client: Client
) -> None:
    made = hors_serie(home)
    mailing = sent(made)
    content, rows = mailing.contents.get(), mailing.deliveries.count()
    before = client.get(URL).content.decode()
    made.refresh_from_db()
    made.errata = [
        erratum("2026-12-01", "<p>La date était fausse.</p>"),
        erratum("2026-12-03", "<p>L'auteure est <b>Anne Martin</b>.</p>"),
    ]
    made.save_revision().publish()
    page = tree(client, URL)
    assert texts(page.select(".erratum h2")) == [
        "Correction du 3 décembre 2026",
        "Correction du 1er décembre 2026",
    ]
    assert texts(page.select(".erratum .prose"))[0] == "L'auteure est Anne Martin."
    words = page.get_text()
    assert words.index("La date était fausse.") < words.index("Le design est-il soluble ?")
    assert "Correction" not in before
    assert Mailing.objects.get() == mailing
    assert mailing.deliveries.count() == rows
    again = mailing.contents.get()
    assert (again.html, again.text) == (content.html, content.text)


def test_a_sent_issue_offers_its_pdf_with_its_weight_and_its_bibliography(
    home: HomePage, client: Client
) -> None:
    row = sent(hors_serie(home)).editions.get()
    page = tree(client, URL)
    (button,) = page.select(".issue-files .button")
    assert button.get("href") == FILES[0]
    assert texts([button]) == [f"Télécharger en PDF ({round(len(row.pdf) / 1000)} ko)"]
    links = page.select(".issue-files__formats a")
    assert [link.get("href") for link in links] == FILES[1:]
    assert texts(links) == [
        "Bibliographie au format RIS",
        "Bibliographie au format BibTeX",
        "Bibliographie au format CSL-JSON",
    ]


def test_an_issue_leads_to_its_neighbours_by_date(home: HomePage, client: Client) -> None:
    letter = bulletin(home)
    dates = {"mai": "2018-05", "juin-a": "2018-06", "juin-b": "2018-06", "aout": "2018-08"}
    for number, (slug, dated) in enumerate(dates.items(), start=1):
        issue(letter, number=number, title=slug, dated=dated, slug=slug)
    issue(letter, number=9, title="cache", dated="2018-07", slug="cache", live=False)
    issue(bulletin(home, slug="autre"), title="autre", dated="2018-06-15", slug="ailleurs")

    def neighbours(slug: str) -> list[str | None]:
        page = tree(client, f"{LETTER}{slug}/")
        links = [page.select(f'.neighbours a[rel="{rel}"]') for rel in ("prev", "next")]
        return [found[0].get("href").split("/")[-2] if found else None for found in links]

    assert neighbours("mai") == [None, "juin-a"]
    assert neighbours("juin-a") == ["mai", "juin-b"]
    assert neighbours("juin-b") == ["juin-a", "aout"]
    assert neighbours("aout") == ["juin-b", None]


def test_the_page_names_its_canonical_address_its_feed_and_its_pdf(
    home: HomePage, client: Client, settings: object
) -> None:
    settings.SITE_URL = "https://lettre.example.org"
    sent(hors_serie(home, editions=[edition("fnau", "FNAU")]))
    for url in (URL, f"{URL}edition/fnau/"):
        page = tree(client, url)
        (canonical,) = page.select('link[rel="canonical"]')
        assert canonical.get("href") == f"https://lettre.example.org{URL}"
        alternates = {link.get("type"): link for link in page.select('link[rel="alternate"]')}
        assert alternates["application/atom+xml"].get("href") == f"{LETTER}atom.xml"
        assert alternates["application/pdf"].get("href").startswith(URL.rstrip("/"))


def test_a_frozen_page_does_not_count_the_days(home: HomePage, client: Client) -> None:
    entry = agenda_entry(home, title="Rencontre du jour")
    made = hors_serie(home, agenda=[line(entry.pk)])
    assert "aujourd’hui" in client.get(entry.url).content.decode()
    assert "aujourd’hui" not in client.get(URL).content.decode()
    assert "aujourd’hui" not in sent(made).editions.get().web_html


def test_no_identifier_of_a_page_is_given_twice(home: HomePage, client: Client) -> None:
    names = ["Contenu", "Agenda", "Sommaire", "Recherche site", "Pied informations", "Abonnement"]
    page = notice(home)
    hors_serie(
        home,
        rubrics=[rubric(name, page.pk) for name in names],
        agenda=[line(page.pk)],
        featured=[line(page.pk)],
        errata=[erratum("2026-12-03", "<p>Oui.</p>")],
    )
    found = [element.get("id") for element in tree(client, URL).select("[id]")]
    assert sorted(found) == sorted(set(found))
    anchors = [a.get("href")[1:] for a in tree(client, URL).select(".rubric-list a")]
    assert len(anchors) == 7
    assert set(anchors) <= set(found)


def test_an_editor_s_broken_or_hostile_markup_stays_in_its_place(
    home: HomePage, client: Client
) -> None:
    page = notice(home, title=HOSTILE, abstract=HOSTILE)
    hors_serie(
        home,
        title=HOSTILE[:200],
        introduction='<p>Une <b>introduction</div><script>alert(1)</script><a href="javascript:x">',
        rubrics=[rubric(HOSTILE, page.pk)],
        editions=[edition("fnau", HOSTILE)],
        errata=[erratum("2026-12-03", "<p>Un <i>mot<script>alert(2)</script>")],
    )
    for url in (URL, f"{URL}edition/fnau/"):
        found = client.get(url).content.decode()
        assert "alert(1)" not in found
        assert "alert(2)" not in found
        assert "<script>" not in found
        assert "javascript:" not in found
        assert escape(HOSTILE) in found
        assert BeautifulSoup(found, "html.parser").select("main .issue-end")


def test_the_preview_of_a_sent_issue_shows_what_the_site_will_show(home: HomePage) -> None:
    made = hors_serie(home)
    sent(made)
    made.refresh_from_db()
    made.title, made.errata = "Titre d'après", [erratum("2026-12-03", "<p>Un mot à corriger.</p>")]
    made.save_revision()
    found = made.make_preview_request(preview_mode="").content.decode()
    assert "Ce numéro est parti" in found
    assert "Un mot à corriger." in found
    assert '<h1 class="theme">Innovation publique</h1>' in found


def test_a_partner_s_edition_has_its_banner_and_leads_back(home: HomePage, client: Client) -> None:
    made = hors_serie(home, editions=[edition("fnau", "FNAU", text="<p>Notre mot.</p>")])
    for state in ("on sale", "sent"):
        page = tree(client, f"{URL}edition/fnau/")
        assert texts(page.select(".edition p")) == ["Édition FNAU"], state
        assert "Notre mot." in page.get_text()
        assert page.select(".issue-files__own a")[0].get("href") == URL
        assert page.select(".issue-files .button")[0].get("href") == f"{URL}edition/fnau.pdf"
        assert client.get(f"{URL}edition/fnau.pdf")["Content-Type"] == "application/pdf"
        if state == "on sale":
            sent(made)
    assert "Notre mot." not in client.get(URL).content.decode()


@pytest.mark.parametrize(
    "path", ["edition/autre/", "edition/autre.pdf", "edition/", "edition/fnau/x/", "autre/fnau/"]
)
def test_an_edition_that_is_not_is_not_found(home: HomePage, client: Client, path: str) -> None:
    made = hors_serie(home, editions=[edition("fnau", "FNAU")])
    assert client.get(URL + path).status_code == 404
    sent(made)
    assert client.get(URL + path).status_code == 404


def test_an_edition_added_after_the_sending_does_not_exist(home: HomePage, client: Client) -> None:
    made = hors_serie(home)
    sent(made)
    made.refresh_from_db()
    made.editions = [edition("fnau", "FNAU")]
    made.save_revision().publish()
    assert client.get(f"{URL}edition/fnau/").status_code == 404
    assert client.get(f"{URL}edition/fnau.pdf").status_code == 404


def test_a_sent_page_costs_the_same_whatever_it_carries(home: HomePage, client: Client) -> None:
    letter, costs = bulletin(home), []
    reader("lectrice@exemple.fr", to=letter)
    for number, count in ((1, 2), (2, 9)):
        made = issue(
            letter,
            *(notice(home).pk for _ in range(count)),
            number=number,
            slug=f"n-{number}",
            dated="2018-10",
        )
        dispatch.start(made)
        client.get(made.url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(made.url).status_code == 200
        costs.append(len(captured))
    assert costs[1] == costs[0]
