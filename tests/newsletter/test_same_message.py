"""The proof that nobody is followed: two readers' messages differ in the allowed places only."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from newsletter.engine.messages import Letter, Reader, preferences_url, unsubscribe_url
from newsletter.engine.prepared import prepare
from newsletter.rendering import render
from tests.newsletter.samples import large_document

SITE = "https://lettre.exemple.fr"
SENT_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
JEANNE = Reader("jeanne@exemple.fr", "Zx8T2m3b7Q1cVd5fGhJkLp", "7.12")
PAUL = Reader("paul@autre.exemple.org", "-_AAAAAAAAAAAAAAAAAAA.".replace(".", "B"), "7.13")
MAY_DIFFER = {"To", "Message-ID", "List-Unsubscribe", "Date"}
LINK = re.compile(r"https?://[^\s\"'<>)]+")


@pytest.fixture(scope="module")
def letter() -> Letter:
    """A whole issue as it is rendered, pictures and all."""
    rendered = render(large_document())
    return Letter(
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        sender_name="En quelques clics",
        sender_email="veille@lettre.exemple.fr",
        reply_to="",
        list_title="En quelques clics",
        list_slug="en-quelques-clics",
        archive_url=f"{SITE}/bulletins/en-quelques-clics/",
        help_url=f"{SITE}/abonnement/",
        site_url=SITE,
        feedback="issue142",
        mailbox="desinscription@lettre.exemple.fr",
        bounce_address="rebonds@lettre.exemple.fr",
    )


@pytest.fixture(scope="module")
def pair(letter: Letter) -> tuple[EmailMessage, EmailMessage]:
    """What two readers receive, each at another moment, decoded by another library than ours."""
    prepared = prepare(letter)
    messages = prepared.message(JEANNE, SENT_AT), prepared.message(PAUL, LATER)
    one, two = (message_from_bytes(message, policy=policy.default) for message in messages)
    return one, two


def bodies(message: EmailMessage) -> list[str]:
    return [part.get_content() for part in message.iter_parts()]


def own(reader: Reader) -> list[str]:
    return [unsubscribe_url(SITE, reader.token), preferences_url(SITE, reader.token)]


def test_only_the_allowed_headers_differ(pair: tuple[EmailMessage, EmailMessage]):
    one, two = pair
    assert list(one.keys()) == list(two.keys())
    assert {name for name in one if one[name] != two[name]} == MAY_DIFFER
    assert (one["To"], two["To"]) == (JEANNE.email, PAUL.email)


def test_the_bodies_differ_by_the_readers_own_links_alone(pair: tuple[EmailMessage, EmailMessage]):
    for mine, theirs in zip(*map(bodies, pair), strict=True):
        assert mine != theirs
        for link, other in zip(own(JEANNE), own(PAUL), strict=True):
            mine, theirs = mine.replace(link, "LINK"), theirs.replace(other, "LINK")  # noqa: PLW2901
        assert mine == theirs


def test_no_link_but_those_two_tells_one_reader_from_another(
    pair: tuple[EmailMessage, EmailMessage],
):
    for message, reader in zip(pair, (JEANNE, PAUL), strict=True):
        for body in bodies(message):
            links = set(LINK.findall(body))
            telling = {link for link in links if reader.token in link or reader.key in link}
            assert telling <= set(own(reader))
            assert own(reader)[0] in telling
            assert len(links - telling) > 5
            assert reader.email not in body


def test_the_foot_says_so_and_counts_right(pair: tuple[EmailMessage, EmailMessage]):
    for body in bodies(pair[0]):
        said = re.sub(r"\s+", " ", body)
        assert "Elle ne contient aucun pixel de suivi, et seuls" in said
        assert "deux liens vous sont propres" in said
        assert {link for link in LINK.findall(body) if JEANNE.token in link} == set(own(JEANNE))


def test_nothing_that_is_fetched_on_opening_knows_the_reader(
    pair: tuple[EmailMessage, EmailMessage],
):
    fetched = [
        re.findall(
            r"(?:src|background|srcset|poster)=[\"']([^\"']*)|url\(([^)]*)\)", bodies(one)[1]
        )
        for one in pair
    ]
    assert fetched[0] == fetched[1]
    assert fetched[0]
    flat = " ".join(map(str, fetched[0]))
    assert not any(secret in flat for secret in (JEANNE.token, JEANNE.email, JEANNE.key))
    assert not re.search(r"<img[^>]*\b(?:width|height)=[\"']?[01][\"' ]", bodies(pair[0])[1])


def test_no_address_of_a_reader_stands_elsewhere_than_in_to(letter: Letter):
    message = prepare(letter).message(JEANNE, SENT_AT)
    assert message.count(JEANNE.email.encode()) == 1
    assert b"jeanne" not in message.replace(JEANNE.email.encode(), b"")
