"""A notice as the site tells it: its card, its facets, its words, its neighbours."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from home.cards import FacetValue, citation_text
from home.models import HomePage, cards_by_id
from tests.veille.factories import notice, organisation, person
from veille.models import (
    Contribution,
    Notice,
    NoticePublisher,
    OtherDate,
    Periodical,
    RelatedNotice,
)

NBSP = "\u00a0"


def test_the_bounds_follow_the_date_at_each_save(home: HomePage) -> None:
    page = notice(home, date_edtf="2018-23")
    assert (page.date_min, page.date_max) == (date(2018, 9, 1), date(2018, 11, 30))
    assert (page.date_text, page.sort_date()) == ("automne 2018", date(2018, 11, 30))
    page.date_edtf = ""
    page.save()
    assert (page.date_min, page.date_max, page.date_text) == (None, None, "")


def test_a_printed_date_wins_over_the_written_one(home: HomePage) -> None:
    page = notice(home, date_edtf="2018", date_printed="2018/2")
    assert page.date_text == "2018/2"


def test_a_half_typed_date_is_kept_without_bounds_and_never_published(home: HomePage) -> None:
    page = notice(home, live=False)
    page.date_edtf = "2018-1"
    page.save(clean=False)
    stored = Notice.objects.get(pk=page.pk)
    assert (stored.date_edtf, stored.date_min, stored.date_text) == ("2018-1", None, "")
    with pytest.raises(ValidationError, match="n'est pas une date reconnue"):
        stored.full_clean()


def test_a_card_says_what_the_document_is(home: HomePage) -> None:
    page = notice(
        home,
        title="Policy Labs for public innovation",
        subtitle="Exploring new ways of mandating change",
        notice_type="support",
        language="en",
        date_edtf="2016-10",
        extent="30 p.",
        authors=(person("Christiansen", "Jesper"),),
        topics=("Laboratoires d'innovation",),
    )
    card = page.card()
    assert (card.collection, card.label, card.tint) == (
        "notice",
        "Support d'intervention",
        "notice",
    )
    assert (card.language, card.subtitle) == ("en", "Exploring new ways of mandating change")
    assert citation_text(card.citation) == (
        f"Christiansen Jesper, octobre 2016. 30{NBSP}p. [en{NBSP}anglais]"
    )
    assert card.terms == {"laboratoires-d-innovation"}
    assert card.url == f"/notices/{page.slug}/"


def test_facets_carry_the_collection_and_the_type_and_the_documents_year(home: HomePage) -> None:
    fnau = organisation("FNAU")
    page = notice(home, notice_type="article", date_edtf="2017-05", language="en", access="paid")
    page.publishers = [NoticePublisher(organisation=fnau)]
    page.save()
    facets = set(page.facet_values())
    assert {
        FacetValue("type", "notice", "Notice"),
        FacetValue("type", "article", "Article de revue"),
        FacetValue("langue", "en", "anglais"),
        FacetValue("acces", "paid", "Payant"),
        FacetValue("annee", "2017", "2017"),
        FacetValue("editeur", str(fnau.pk), "FNAU"),
    } <= facets
    assert len([f for f in facets if f.name == "annee"]) == 1


def test_an_undated_document_has_no_year(home: HomePage) -> None:
    page = notice(home)
    assert page.published_on is not None
    assert "annee" not in {facet.name for facet in page.facet_values()}


def test_a_grey_document_is_published_by_who_wrote_it(home: HomePage) -> None:
    cget = organisation("CGET")
    page = notice(home, authors=(cget, person("Dupont", "Emmanuel")))
    assert page.publishing_bodies() == [cget]


def test_an_article_is_not_published_by_its_authors_employer(home: HomePage) -> None:
    review = Periodical.objects.create(title="Urbanisme")
    page = notice(home, authors=(organisation("CGET"),), periodical=review)
    assert page.publishing_bodies() == []


def test_the_search_reads_every_name_and_what_a_body_has_become(home: HomePage) -> None:
    ditp = organisation("Direction de la transformation publique", acronym="DITP")
    sgmap = organisation("Secrétariat de la modernisation", acronym="SGMAP", becomes=ditp)
    review = Periodical.objects.create(title="Horizons publics")
    page = notice(
        home,
        title="Manifeste",
        mention="Rapport au Premier ministre",
        series="En Bref",
        authors=(person("Besson", "Raphaël"),),
        periodical=review,
        tags=("transformation publique",),
    )
    page.publishers = [NoticePublisher(organisation=sgmap, printed_as="Le SGMAP")]
    page.save()
    text = page.search_text()
    for words in ("Raphaël Besson", "Besson Raphaël", "SGMAP", "DITP", "Le SGMAP", review.title):
        assert words in text.names
    assert "transformation publique" in text.subjects
    assert "En Bref" in text.subjects
    assert "Rapport au Premier ministre" in text.body
    assert text.title == "Manifeste"


def test_the_search_finds_an_old_name_on_a_new_bodys_notice(home: HomePage) -> None:
    anct = organisation("Agence nationale de la cohésion des territoires", acronym="ANCT")
    organisation("Commissariat général", acronym="CGET", becomes=anct)
    page = notice(home, authors=(anct,))
    assert "CGET" in page.search_text().names


def test_a_name_is_printed_as_the_document_prints_it(home: HomePage) -> None:
    region = organisation("La 27e Région")
    page = notice(home)
    page.contributions = [
        Contribution(organisation=region, printed_as="27ième Région"),
        Contribution(person=person("Bois-Choussy", "Sylvine"), role="director"),
    ]
    page.save()
    assert [row.printed for row in page.contributions.all()] == [
        "27ième Région",
        "Bois-Choussy Sylvine",
    ]
    assert "La 27e Région" in page.search_text().names
    assert citation_text(page.citation()) == "27ième Région, Bois-Choussy Sylvine (dir.)"


def test_a_relation_is_read_from_both_sides_and_hides_drafts(home: HomePage) -> None:
    study, summary = notice(home, title="L'étude"), notice(home, title="La synthèse")
    draft = notice(home, title="Un brouillon", live=False)
    RelatedNotice.objects.create(notice=summary, related=study, kind="synthesis-of")
    RelatedNotice.objects.create(notice=study, related=draft, kind="see-also")
    assert summary.related() == [("Synthèse de", study)]
    assert study.related() == [("A pour synthèse", summary)]


def test_another_date_prints_itself(home: HomePage) -> None:
    page = notice(home)
    defended = OtherDate(notice=page, label="soutenue le", edtf="2018-02-05")
    assert defended.text == "5 février 2018"
    assert OtherDate(notice=page, label="remis le", edtf="hier").text == ""


def test_a_draft_is_not_a_card_for_the_public(home: HomePage) -> None:
    shown, hidden = notice(home), notice(home, live=False)
    assert set(cards_by_id([shown.pk, hidden.pk])) == {shown.pk}


def test_two_notices_that_name_each_other_are_said_once(home: HomePage) -> None:
    first, second = notice(home), notice(home)
    RelatedNotice.objects.create(notice=first, related=second, kind="see-also")
    RelatedNotice.objects.create(notice=second, related=first, kind="see-also")
    assert first.related() == [("À lire également", second)]
