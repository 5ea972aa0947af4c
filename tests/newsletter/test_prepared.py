"""A letter prepared once: its bytes, on the wire and as a file."""

import re
import timeit
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import format_datetime

import pytest

from newsletter.documents import PREFERENCES_MARK, UNSUBSCRIBE_MARK
from newsletter.engine.messages import Letter, MessageError, Reader, message_id
from newsletter.engine.prepared import MAX_TOKEN, prepare
from newsletter.engine.verp import bounce_sender

SENT_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LETTER = Letter(
    subject="L'été",
    # A place at the start of a line and at its end, a dot behind one, lines that begin with dots.
    html=(
        f'<p>Été <a href="{UNSUBSCRIBE_MARK}">Partir</a> {UNSUBSCRIBE_MARK}.fin\n'
        f'.point\n<a href="{PREFERENCES_MARK}">Régler</a>\n{PREFERENCES_MARK}\n</p>\n'
    ),
    text=f"{UNSUBSCRIBE_MARK}\n.\n..deux\n{PREFERENCES_MARK} \nfin",
    sender_name="Centre d'été",
    sender_email="veille@lettre.exemple.fr",
    reply_to="contact@exemple.fr",
    list_title="En quelques clics",
    list_slug="en-quelques-clics",
    archive_url="https://lettre.exemple.fr/bulletins/en-quelques-clics/",
    help_url="https://lettre.exemple.fr/abonnement/",
    site_url="https://lettre.exemple.fr/",
    feedback="issue142",
    mailbox="desinscription@lettre.exemple.fr",
)
READER = Reader("jeanne@exemple.fr", "Zx8T2m3b7Q1cVd5fGhJkLp", "7.12")
LEAVE = f"https://lettre.exemple.fr/d/{READER.token}"
CHOOSE = f"https://lettre.exemple.fr/abonnement/preferences/{READER.token}/"


def wire(letter: Letter = LETTER, reader: Reader = READER) -> bytes:
    return b"".join(prepare(letter).head_and_body(reader, SENT_AT))


def parts(message: bytes) -> list[str]:
    parsed = message_from_bytes(message, policy=policy.default)
    return [part.get_content() for part in parsed.iter_parts()]


def test_the_wire_form_is_the_file_with_its_dots_stuffed_once():
    on_wire, as_file = wire(), prepare(LETTER).message(READER, SENT_AT)
    assert on_wire == re.sub(rb"(?m)^\.", b"..", as_file)
    assert on_wire.count(b"\r\n..") == 3  # « .fin », « .point », « ..deux »; a dot alone is « =2E »
    assert not re.search(rb"(?m)^\.(\r\n|[^.])", on_wire)
    assert on_wire.endswith(b"--\r\n")


def test_both_parts_decode_to_the_letter_with_the_readers_links():
    text, html = parts(prepare(LETTER).message(READER, SENT_AT))
    assert text.splitlines() == [LEAVE, ".", "..deux", f"{CHOOSE} ", "fin"]
    assert html.splitlines() == [
        f'<p>Été <a href="{LEAVE}">Partir</a> {LEAVE}.fin',
        ".point",
        f'<a href="{CHOOSE}">Régler</a>',
        CHOOSE,
        "</p>",
    ]


@pytest.mark.parametrize("length", range(60, 100))
def test_wherever_a_place_falls_lines_keep_to_76(length: int):
    letter = replace(
        LETTER,
        html="x" * length + UNSUBSCRIBE_MARK + "é" * (length % 7) + PREFERENCES_MARK,
        text=" " * (length % 5) + "y" * length + " \t" + UNSUBSCRIBE_MARK + " \n.",
    )
    message = prepare(letter).message(replace(READER, token="T" * MAX_TOKEN), SENT_AT)
    body = message.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    text, html = parts(message)
    leave = f"https://lettre.exemple.fr/d/{'T' * MAX_TOKEN}"
    assert html.strip() == (
        "x" * length
        + leave
        + "é" * (length % 7)
        + f"https://lettre.exemple.fr/abonnement/preferences/{'T' * MAX_TOKEN}/"
    )
    assert text.splitlines() == [" " * (length % 5) + "y" * length + " \t" + leave + " ", "."]


def test_a_readers_words_stand_alone_on_their_line():
    body = wire().partition(b"\r\n\r\n")[2]
    lines = body.split(b"\r\n")
    assert lines.count(READER.token.encode() + b"=") == 6
    assert body.count(READER.token.encode()) == 6


def test_two_readers_have_the_same_bytes_around_their_own():
    other = Reader("paul@exemple.fr", "A", "7.13")
    one, two = wire(), wire(reader=other)
    for mine, reader in ((0, READER), (1, other)):
        message = (one, two)[mine].replace(message_id(LETTER, reader).encode(), b"ID")
        message = message.replace(b"To: " + reader.email.encode(), b"To: X")
        message = message.replace(f"/d/{reader.token}>".encode(), b"/d/T>")
        message = message.replace(f"subject={reader.token}>".encode(), b"subject=T>")
        message = message.replace(f"\r\n{reader.token}=\r\n".encode(), b"\r\nT=\r\n")
        one, two = (message, two) if mine == 0 else (one, message)
    assert one == two


def test_the_boundary_is_nowhere_in_the_parts():
    boundary = re.search(rb'boundary="([^"]+)"', wire())[1]
    hostile = replace(LETTER, text=f"--{boundary.decode()}--\n", html=f"--{boundary.decode()}\n")
    message = prepare(hostile).message(READER, SENT_AT)
    edge = re.search(rb'boundary="([^"]+)"', message)[1]
    assert message.count(edge) == 4  # the header, two openings, the end
    assert message.count(boundary) == 0
    assert [part.strip() for part in parts(message)] == [
        f"--{boundary.decode()}--",
        f"--{boundary.decode()}",
    ]


def test_a_date_may_be_given_ready():
    prepared, ready = prepare(LETTER), format_datetime(SENT_AT)
    assert prepared.head_and_body(READER, ready) == prepared.head_and_body(READER, SENT_AT)
    assert b"\r\nDate: Fri, 20 Nov 2026 09:30:00 +0000\r\n" in prepared.message(READER, ready)


@pytest.mark.parametrize(
    "date", ["x\r\nBcc: a@exemple.fr", "Fri, 20 Nov 2026 09:30:00 +0000 etc.", "é"]
)
def test_a_date_can_not_add_a_header(date: str):
    with pytest.raises(MessageError):
        prepare(LETTER).head_and_body(READER, date)


@pytest.mark.parametrize(
    "token", ["", "a b", "a=", "a\n", "a.b", "é", ">", "a" * (MAX_TOKEN + 1), "a\0"]
)
def test_a_token_is_of_few_characters(token: str):
    with pytest.raises(MessageError):
        prepare(LETTER).head_and_body(replace(READER, token=token), SENT_AT)


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@", "@b", "a@b@c", "a\0@b.fr", "a@b.fr\r\n", "a@b.fr\nX: y", "é@b.fr", "a b@c.fr",
     '"a b"@c.fr', "a@b.fr\x7f", "<a@b.fr>", "a,b@c.fr", f"{'a' * 320}@b.fr"],
)  # fmt: skip
def test_an_unusable_address_is_refused(email: str):
    with pytest.raises(MessageError):
        prepare(LETTER).message(replace(READER, email=email), SENT_AT)


@pytest.mark.parametrize("email", ["a+b@exemple.fr", "o'neil@exemple.fr", "a@xn--bcher-kva.fr"])
def test_a_usual_address_is_taken(email: str):
    assert f"\r\nTo: {email}\r\n".encode() in wire(reader=replace(READER, email=email))


def test_a_bad_return_address_is_found_when_the_letter_is_prepared():
    with pytest.raises(MessageError):
        prepare(replace(LETTER, bounce_address="rebonds"))


def test_a_long_site_leaves_room_for_the_longest_token():
    host = "https://" + "x" * 400 + ".fr"
    headers = wire(replace(LETTER, site_url=host), replace(READER, token="T" * MAX_TOKEN))
    assert max(map(len, headers.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998
    with pytest.raises(MessageError):
        prepare(replace(LETTER, site_url="https://" + "x" * 900 + ".fr"))


def test_a_reader_costs_microseconds_whatever_the_weight_of_the_letter():
    heavy = replace(LETTER, html=LETTER.html + "<td>Été à l'école</td>\n" * 4_000)
    prepared, date = prepare(heavy), format_datetime(SENT_AT)
    assert len(prepared.message(READER, date)) > 100_000

    def one() -> None:
        bounce_sender("rebonds@exemple.fr", 12345, "secret")
        prepared.head_and_body(READER, date)

    # 3 µs on a quiet machine; encoding the letter again would be thousands.
    assert min(timeit.repeat(one, number=1_000, repeat=5)) / 1_000 < 100e-6
