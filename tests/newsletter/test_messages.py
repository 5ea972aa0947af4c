import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.engine.messages import Letter, MessageError, Reader
from newsletter.engine.prepared import build

GOLDEN = Path(__file__).parent / "golden" / "message.eml"
SENT_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LETTER = Letter(
    subject="Hors-Série #2 – L'été des tiers-lieux",
    html=f'<p lang="fr">Été\u00a0: <a href="{UNSUBSCRIBE_MARK}">se désabonner</a></p>',
    text=f"Été\n.\n\n{UNSUBSCRIBE_MARK}\n",
    sender_name="Centre d'été, Besançon",
    sender_email="veille@lettre.exemple.fr",
    reply_to="contact@exemple.fr",
    list_title="En quelques clics",
    list_slug="en-quelques-clics",
    archive_url="https://lettre.exemple.fr/bulletins/en-quelques-clics/",
    help_url="https://lettre.exemple.fr/abonnement/",
    site_url="https://lettre.exemple.fr",
    feedback="issue142",
)
READER = Reader("jeanne@exemple.fr", "Zx8T2m3b7Q1cVd5fGhJkLp", "7.12")
STRUCTURED = (
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "List-Help"),
    *("List-Owner", "List-Post", "Auto-Submitted", "Feedback-ID", "Content-Language"),
    *("Message-ID", "Date", "To", "Reply-To", "MIME-Version", "Content-Type"),
)


def raw_headers(message: bytes) -> dict[str, str]:
    """The headers as they lie in the bytes, folded lines kept."""
    head = message.partition(b"\r\n\r\n")[0].decode("ascii")
    return dict(
        re.findall(r"(?m)^([A-Za-z-]+): ((?:.*)(?:\r\n[ \t].*)*)", head.replace("\r\n", "\n"))
    )


def test_the_bytes_are_the_golden_ones():
    assert build(LETTER, READER, SENT_AT) == GOLDEN.read_bytes()


def test_no_structured_header_is_encoded_or_folded():
    long_host = "https://lettre-d-information.centre-de-ressources.politique-de-la-ville.exemple.fr"
    letter = replace(LETTER, site_url=long_host, mailbox="desinscription@lettre.exemple.fr")
    headers = raw_headers(build(letter, READER, SENT_AT))
    assert set(STRUCTURED) <= set(headers)
    for name in STRUCTURED:
        assert "=?" not in headers[name], name
        assert "\n" not in headers[name], name
    assert headers["List-Unsubscribe"] == (
        f"<{long_host}/d/{READER.token}>, "
        f"<mailto:desinscription@lettre.exemple.fr?subject={READER.token}>"
    )


def test_the_headers_of_a_letter_are_those_of_the_standards():
    headers = raw_headers(build(LETTER, READER, SENT_AT))
    assert headers["List-Id"] == "En quelques clics <en-quelques-clics.lettre.exemple.fr>"
    assert headers["List-Unsubscribe"] == f"<https://lettre.exemple.fr/d/{READER.token}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Archive"] == f"<{LETTER.archive_url}>"
    assert headers["List-Owner"] == "<mailto:contact@exemple.fr>"
    assert headers["List-Post"] == "NO"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Feedback-ID"] == "issue142:en-quelques-clics:letter:lettre-exemple"
    assert headers["Content-Language"] == "fr"
    assert headers["Date"] == "Fri, 20 Nov 2026 09:30:00 +0000"
    assert headers["To"] == "jeanne@exemple.fr"


def test_a_reader_reads_accents_links_and_both_parts():
    message = message_from_bytes(build(LETTER, READER, SENT_AT), policy=policy.default)
    link = f"https://lettre.exemple.fr/d/{READER.token}"
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == "Centre d'été, Besançon"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == ["Été", ".", "", link]
    assert html.get_content().strip() == (
        f'<p lang="fr">Été\u00a0: <a href="{link}">se désabonner</a></p>'
    )


def test_lines_are_short_seven_bit_and_end_in_crlf():
    letter = replace(LETTER, html="é" * 5000 + "=" * 400, text="fin de ligne \navec\r\nmélange\r")
    message = build(letter, READER, SENT_AT)
    assert message.isascii()
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    assert max(map(len, message.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    parts = list(message_from_bytes(message, policy=policy.default).iter_parts())
    assert parts[0].get_content().splitlines() == ["fin de ligne ", "avec", "mélange"]
    assert parts[1].get_content().strip() == "é" * 5000 + "=" * 400


def test_encoded_words_keep_to_75_characters():
    letter = replace(LETTER, subject="Éducation et égalité à l'école élémentaire " * 4)
    message = build(letter, READER, SENT_AT)
    words = re.findall(rb"=\?utf-8\?[^?]+\?[^?]*\?=", message)
    assert len(words) > 1
    assert max(map(len, words)) <= 75


def test_the_message_id_is_stable_for_a_reader_and_never_shared_nor_telling():
    first, again = build(LETTER, READER, SENT_AT), build(LETTER, READER, datetime.now(UTC))
    other = build(LETTER, replace(READER, key="8.12"), SENT_AT)
    ids = [raw_headers(message)["Message-ID"] for message in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert re.fullmatch(r"<issue142\.[0-9a-f]{24}@lettre\.exemple\.fr>", ids[0])


def test_two_readers_differ_by_their_address_id_and_link_alone():
    other = Reader("paul@exemple.fr", "AAAAAAAAAAAAAAAAAAAAAA", "7.13")
    one, two = build(LETTER, READER, SENT_AT), build(LETTER, other, SENT_AT)
    assert READER.token.encode() not in two
    assert b"jeanne" not in two
    message_id = re.compile(rb"issue142\.[0-9a-f]{24}")

    def common(message: bytes, reader: Reader) -> bytes:
        message = message.replace(reader.token.encode(), b"T").replace(reader.email.encode(), b"E")
        return message_id.sub(b"I", message)

    assert common(one, READER) == common(two, other)


def test_nothing_typed_can_add_a_header():
    letter = replace(
        LETTER,
        subject="Bonjour\r\nBcc: x@exemple.fr",
        sender_name="Nom\nBcc: y@exemple.fr",
        list_title='Lettre "d\'été" <x>\r\nBcc: z',
    )
    headers = raw_headers(build(letter, READER, SENT_AT))
    assert "Bcc" not in headers
    assert headers["List-Id"] == ('"Lettre d\'ete x Bcc: z" <en-quelques-clics.lettre.exemple.fr>')


@pytest.mark.parametrize(
    "change",
    [
        {"archive_url": "https://exemple.fr/é"},
        {"archive_url": "https://exemple.fr/\r\nBcc: a@exemple.fr"},
        {"help_url": f"https://exemple.fr/{'x' * 1000}"},
        {"sender_email": "pas une adresse"},
    ],
)
def test_a_value_that_a_header_can_not_hold_is_refused(change: dict):
    with pytest.raises(MessageError):
        build(replace(LETTER, **change), READER, SENT_AT)


@pytest.mark.parametrize("email", ["", "a@b\r\nBcc: c@exemple.fr", "é@exemple.fr"])
def test_a_reader_without_a_usable_address_is_refused(email: str):
    with pytest.raises(MessageError):
        build(LETTER, replace(READER, email=email), SENT_AT)
