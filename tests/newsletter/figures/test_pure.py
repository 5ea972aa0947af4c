"""The pure parts: words of a refusal, pace, tags of links, charts."""

import re
from xml.etree import ElementTree

import pytest

from newsletter.figures.campaigns import campaign_name, digest_name, tag_links
from newsletter.figures.charts import Bar, Point, bar_chart, line_chart
from newsletter.figures.explaining import explain, without_addresses
from newsletter.figures.pace import eta_seconds, eta_words, pace_words, poll_milliseconds
from newsletter.figures.wording import counted, number, percent

SITE = "https://lettre.exemple.fr"


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        (550, "5.1.1", "550 5.1.1 Unknown", "L'adresse n'existe pas."),
        (550, "", "550 5.1.1 <a@b.fr> Unknown", "L'adresse n'existe pas."),
        (552, "5.2.2", "552 5.2.2 Over quota", "La boîte est pleine."),
        (452, "4.2.2", "452 4.2.2 Over quota", "La boîte est pleine."),
        (550, "5.7.1", "550 5.7.1 Policy", "Le serveur refuse notre courrier."),
        (550, "5.7.1", "550 5.7.1 User unknown", "L'adresse n'existe pas."),
        (550, "5.7.26", "x", "Le serveur ne reconnaît pas notre signature (SPF, DKIM, DMARC)."),
        (550, "5.7.999", "x", "Le serveur refuse notre courrier."),
        (451, "4.7.1", "451 4.7.1 Greylisted", "Le serveur demande d'attendre."),
        (421, "", "421 bye", "Le serveur est momentanément fermé."),
        (499, "", "499", "Le serveur demande de réessayer plus tard."),
        (599, "", "599", "Le serveur a refusé sans dire pourquoi."),
        (550, "", "550 host 192.5.1.1 said no", "Le serveur refuse l'adresse."),
        (None, "", "", "Le serveur a refusé sans dire pourquoi."),
        (None, "", "L'envoi a été annulé.", "L'envoi a été annulé."),
        (
            None,
            "",
            "Connexion perdue (body)\u00a0: timed out",
            "La connexion s'est coupée\u00a0: personne ne sait si le message est arrivé.",
        ),
        (
            None,
            "",
            "Connexion perdue (data)\u00a0: reset",
            "La connexion s'est coupée avant que le message parte.",
        ),
    ],
)
def test_a_refusal_is_told_in_plain_words(
    code: int | None, status: str, error: str, words: str
) -> None:
    assert explain(code, status, error) == words


def test_what_a_server_said_is_shown_without_the_reader_s_address() -> None:
    said = without_addresses("550 5.1.1 <jean.dupont+x@Exemple.fr>: (jean@exemple.fr) unknown")
    assert said == "550 5.1.1 (adresse): ((adresse)) unknown"


def test_the_time_left_is_told_as_one_says_it() -> None:
    assert eta_seconds(1200, 100) == 720
    assert eta_seconds(0, 0) == 0
    assert eta_seconds(5, 0) is None
    assert [eta_words(n) for n in (None, 0, 20, 60, 720, 3600, 7800, 86400 * 3)] == [
        "",
        "",
        "encore moins d'une minute",
        "encore 1 minute environ",
        "encore 12 minutes environ",
        "encore 1\u00a0h environ",
        "encore 2\u00a0h 10 environ",
        "encore 3 jours environ",
    ]
    assert (pace_words(0), pace_words(1)) == ("", "1 message par minute")
    assert pace_words(1200) == "1\u202f200 messages par minute"
    assert [poll_milliseconds(n) for n in (3, 100_000, 1_000_000)] == [1000, 2000, 5000]


def test_numbers_are_written_in_french() -> None:
    assert (number(1234567), counted(1, "échec", "échecs")) == ("1\u202f234\u202f567", "1 échec")
    assert [percent(1, 8), percent(3, 3), percent(0, 4), percent(1, 0)] == [
        "12,5\u00a0%",
        "100\u00a0%",
        "0\u00a0%",
        "",
    ]


def test_a_campaign_is_named_after_its_bulletin_and_number() -> None:
    assert campaign_name("en-quelques-clics", "regular", 12) == "en-quelques-clics-12"
    assert campaign_name("en-quelques-clics", "special", 2) == "en-quelques-clics-hs2"
    assert campaign_name("veille", "regular", None, "2018-10") == "veille-2018-10"
    assert campaign_name("veille", "regular", None, "", 7) == "veille-m7"
    assert campaign_name("x" * 99 + "é", "regular", 1) == "x" * 40 + "-1"
    assert digest_name("veille", "weekly", "2026-11-16") == "veille-weekly-2026-11-16"


def test_links_to_our_pages_carry_the_tag_and_no_other_link_does() -> None:
    kept = [
        f"{SITE}/d/jeton",
        f"{SITE}/abonnement/preferences/jeton/",
        f"{SITE}/media/lettres/a.png",
        f"{SITE}/bulletins/b/numero-1.pdf",
        f"{SITE}/donnees-personnelles/",
        f"{SITE}.mechant.fr/notices/a/",
        "https://desabonnement.invalid/lecteur",
        "https://ailleurs.fr/?u=" + SITE + "/notices/",
        "#agenda",
        "mailto:a@b.fr",
        f"{SITE}/notices/deja/?lettre=autre",
    ]
    html = "".join(f'<a href="{url}">x</a>' for url in kept)
    html_tagged, _ = tag_links(html, "", SITE, "veille-1")
    assert html_tagged == html
    mine = f'<a href="{SITE}/notices/a/?b=1&amp;c=2#d">x</a><img src="{SITE}/notices/i/">'
    assert tag_links(mine, "", SITE + "/", "veille-1")[0] == (
        f'<a href="{SITE}/notices/a/?b=1&amp;c=2&amp;lettre=veille-1#d">x</a>'
        f'<img src="{SITE}/notices/i/">'
    )
    text = f"Voir\u00a0:\n{SITE}/notices/a/\n({SITE}/notices/b/). {SITE}/d/jeton\n{SITE}\n"
    tag = "?lettre=veille-1"
    assert tag_links("", text, SITE, "veille-1")[1] == (
        f"Voir\u00a0:\n{SITE}/notices/a/{tag}\n({SITE}/notices/b/{tag}). {SITE}/d/jeton\n"
        f"{SITE}{tag}\n"
    )
    assert tag_links(html_tagged, text, SITE, "") == (html_tagged, text)


def test_tagging_twice_changes_nothing_more() -> None:
    once = tag_links(f'<a href="{SITE}/notices/a/">', f"{SITE}/notices/a/", SITE, "v-1")
    assert tag_links(*once, SITE, "v-1") == once


@pytest.mark.parametrize("name", ["é", "a b", "a&b", '"', "x" * 81, "-a"])
def test_a_campaign_that_would_break_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a campaign"):
        tag_links("", "", SITE, name)


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_charts_are_well_formed_named_and_escaped(count: int) -> None:
    bars = [Bar(f"n°\u00a0{n} <b>", f"{n} & 1", n, n % 2) for n in range(count)]
    points = [Point(f"<{n}>", n * n) for n in range(count)]
    for drawn in (
        bar_chart("a", "T & U", "D", bars),
        line_chart("b", "T & U", "D", points),
    ):
        root = ElementTree.fromstring(drawn)
        assert root.get("role") == "img"
        named = [e.text for e in root if e.get("id") in root.get("aria-labelledby", "").split()]
        assert named == ["T & U", "D"]
        assert "style=" not in drawn
        assert re.search(r'(width|x|cx|x2)="-', drawn) is None


def test_what_is_refused_is_hatched_and_seen_however_little() -> None:
    drawn = bar_chart("a", "T", "D", [Bar("n", "w", 100_000, 1)])
    assert 'fill="url(#a-h)"' in drawn
    assert 'width="0.40%"' in drawn
