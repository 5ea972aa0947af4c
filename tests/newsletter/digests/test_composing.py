"""What a digest's mail says, with a harvest made by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from home.cards import Card, Term, When
from newsletter.documents import PREFERENCES_MARK
from newsletter.readers.digests import composing
from newsletter.readers.digests.composing import Press, document_of
from newsletter.readers.digests.placing import Harvest, Theme, tree_of
from newsletter.rendering import MAX_BYTES, OverweightError
from tests.newsletter.digests.samples import WEEK, follower, page, sent, themes, who_gets
from tests.newsletter.sending import bulletin

pytestmark = pytest.mark.django_db
TREE = tree_of(
    Theme(n, f"theme-{n}", name)
    for n, name in enumerate(["Climat <fort>", "Sport", "Culture", "Santé", "École"], start=1)
)


def card(n: int, theme: int = 1, **fields: object) -> Card:
    values = {
        "page_id": n,
        "collection": "notices",
        "label": "Rapport",
        "tint": "notice",
        "title": f"Page {n}",
        "url": f"/notices/page-{n}/",
        "topics": (Term(f"theme-{theme}", ""),),
        "published": WEEK.start,
    }
    return Card(**(values | fields))


def press(*cards: Card) -> Press:
    return Press.of(bulletin(), WEEK, Harvest(cards, (), WEEK.end.toordinal()), TREE)


def test_what_is_left_out_leads_to_the_search():
    made = press(*(card(n) for n in range(1, 21)))
    rendered = made.rendered((1,))
    link = "/recherche/?theme=theme-1"
    assert "et 5 autres sur le thème «\u00a0Climat &lt;fort&gt;\u00a0»</a>" in rendered.html
    assert f'{link}"' in rendered.html
    assert "et 5 autres sur le thème «\u00a0Climat <fort>\u00a0»\n" in rendered.text
    assert f"{link}\n" in rendered.text
    assert rendered.text.count("► Page") == 15


def test_nothing_more_is_said_where_everything_is_there():
    rendered = press(card(1)).rendered((1,))
    assert "/recherche/" not in rendered.html + rendered.text
    assert "autres" not in rendered.text


def test_pages_without_a_theme_are_left_out_under_their_own_words():
    cards = [card(n, topics=()) for n in range(1, 19)]
    text = press(*cards).rendered(()).text
    assert "PUBLICATIONS" in text
    assert "\net 3 autres\n" in text
    assert "/recherche/\n" in text


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ((), "Ce que nous avons publié cette semaine, sur tous les thèmes."),
        ((2,), "cette semaine sur le thème que vous suivez\u00a0: <b>Sport</b>."),
        ((2, 3), "sur les thèmes que vous suivez\u00a0: <b>Sport</b> et <b>Culture</b>."),
        ((1, 2), "<b>Climat &lt;fort&gt;</b> et <b>Sport</b>."),
    ],
)
def test_the_reader_is_told_why(chosen, words):
    made = press(card(1, 2))
    introduction = document_of(made, chosen, made.place(chosen)).introduction_html
    assert words in introduction
    assert f'href="{PREFERENCES_MARK}"' in introduction


def test_many_themes_are_not_all_named():
    tree = tree_of(Theme(n, f"theme-{n}", f"T{n}") for n in range(1, 10))
    made = replace(press(card(1)), tree=tree)
    introduction = document_of(made, tuple(range(1, 10)), made.place(())).introduction_html
    assert "<b>T6</b> et 3 autres." in introduction
    assert "T7" not in introduction


def test_dates_announced_earlier_are_said_not_to_be_new():
    day = WEEK.end + timedelta(days=9)
    dated = [card(n, when=When("9", "déc.", "2026", "un jour", day, day)) for n in (7, 8)]
    for fresh, coming, told in ((dated, (), False), (dated[:1], dated[1:], True)):
        harvest = Harvest(tuple(fresh), tuple(coming), WEEK.end.toordinal())
        made = replace(press(), harvest=harvest)
        document = document_of(made, (1,), made.place((1,)))
        assert len(document.agenda) == 2
        assert ("dates déjà annoncées" in document.introduction_html) is told


def test_the_head_says_what_it_is():
    made = press(card(1, 1), card(2, 2))
    document = document_of(made, (1, 2), made.place((1, 2)))
    assert (document.theme, document.number_label) == (WEEK.label, "Vos thèmes")
    assert document.date_label == "2 nouveautés"
    assert document.preheader == "Page 1 · Page 2"
    assert document.web_url == ""
    assert [rubric.anchor for rubric in document.rubrics] == ["climat-fort", "sport"]


def test_a_date_to_come_is_drawn_in_the_agenda():
    day = WEEK.end + timedelta(days=3)
    when = When(str(day.day), "nov.", "2026", "19 novembre 2026", day, day)
    text = press(card(1, when=when)).rendered((1,)).text
    assert "AGENDA" in text
    assert "19 novembre 2026" in text


def test_a_heavy_week_is_told_with_fewer_pages_and_the_rest_is_counted():
    long = "Un résumé écrit, que rien ne raccourcit. " * 14
    cards = [card(n, 1 + n % 5, summary=long, summary_is_written=True) for n in range(1, 200)]
    rendered = press(*cards).rendered(())
    assert rendered.html_bytes <= MAX_BYTES
    assert rendered.text.count("► Page") == 5 * 15
    heavier = [replace(one, summary=long * 2) for one in cards]
    rendered = press(*heavier).rendered(())
    assert rendered.html_bytes <= MAX_BYTES
    assert rendered.text.count("► Page") == 5 * 8
    assert "et 32 autres sur le thème" in rendered.text


def test_one_that_no_mail_can_hold_is_said_and_holds_up_no_other(monkeypatch, caplog):
    tree = themes(Climat="", Sport="")
    page("Une", "Climat")
    page("Deux", "Sport")
    follower("a@exemple.fr", tree["Climat"])
    follower("b@exemple.fr", tree["Sport"])
    real = composing.render

    def heavy(document):
        if document.rubrics[0].title == "Climat":
            raise OverweightError(200_000, MAX_BYTES)
        return real(document)

    monkeypatch.setattr(composing, "render", heavy)
    assert set(who_gets(sent())) == {"b@exemple.fr"}
    assert "digest.too_heavy" in caplog.text
