"""What a stranger may throw at the mailbox: any bytes give a value, in bounded time and memory."""

import random
import time
import tracemalloc
from pathlib import Path

import pytest

from newsletter.returns.dsn import read_return
from newsletter.returns.judging import Kind, judge
from newsletter.returns.values import Form
from newsletter.returns.wording import mask

CORPUS = Path(__file__).parent / "corpus"
SECONDS = 5.0  # a megabyte built to exhaust, on a busy machine
HEAD = (
    b"Delivered-To: x@lettre.exemple.fr\r\nFrom: MAILER-DAEMON@a.example\r\nMIME-Version: 1.0\r\n"
)


def nested(levels: int, kind: bytes) -> bytes:
    if kind == b"message":
        return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + b"fin"
    parts = [HEAD]
    for n in range(levels):
        mark = b"b%d" % n
        parts.append(b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n' % (mark, mark))
    return b"".join(parts)


HOSTILE = {
    "nested parts": nested(20_000, b"multipart"),
    "nested messages": nested(30_000, b"message"),
    "few levels, long": nested(50, b"multipart") + b"a line of text\r\n" * 60_000,
    "endless header": HEAD + b"X-A: " + b"a" * 2_000_000,
    "a million headers": HEAD + b"To: a@b.fr\r\n" * 90_000 + b"\r\n",
    "endless words": HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 70_000 + b"\r\n\r\n",
    "no line break": HEAD + b"\r\n" + b"5.1.1 " * 170_000,
    "open tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style" * 170_000,
    "addresses": HEAD + b"\r\n550 " + b"a" * 1_000_000,
    "status groups": HEAD
    + b"Content-Type: message/delivery-status\r\n\r\n"
    + b"Action: failed\r\nStatus: 5.1.1\r\n\r\n" * 30_000,
    "dots": HEAD + b"\r\n" + b"5." * 500_000,
    "quota": HEAD + b"\r\n" + b"adresse a " * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_built_to_exhaust_is_read_in_time(name: str):
    begin = time.monotonic()
    found = read_return(HOSTILE[name])
    judge(found.status, found.diagnostic)
    mask(found.diagnostic, "jeanne.martin@exemple.fr")
    assert time.monotonic() - begin < SECONDS


def test_fifty_megabytes_are_read_up_to_the_first():
    raw = (CORPUS / "postfix-user-unknown.eml").read_bytes()
    huge = raw + b"x" * 50_000_000
    tracemalloc.start()
    found = read_return(huge)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.form, found.status) == (Form.FAILURE, "5.1.1")
    assert peak < 20_000_000


@pytest.mark.parametrize("seed", range(8))
def test_no_mutilation_of_a_return_raises(seed: int):
    chance = random.Random(seed)
    files = sorted(CORPUS.glob("*.eml"))
    for _ in range(60):
        data = bytearray(chance.choice(files).read_bytes())
        for _ in range(chance.randrange(1, 30)):
            if not data:
                break
            spot = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[spot] = chance.randrange(256)
                case 1:
                    del data[spot : spot + chance.randrange(200)]
                case 2:
                    data[spot:spot] = chance.randbytes(chance.randrange(20))
                case _:
                    other = chance.choice(files).read_bytes()
                    data[spot:spot] = other[: chance.randrange(400)]
        found = read_return(bytes(data))
        judge(found.status, found.diagnostic)
        assert len(found.diagnostic) <= 1_000


@pytest.mark.parametrize("size", [1, 10, 100, 400, 900, 1_500, 2_000])
def test_a_truncated_return_is_never_worse_than_the_whole(size: int):
    raw = (CORPUS / "gmail-dmarc.eml").read_bytes()[:size]
    found = read_return(raw)
    assert judge(found.status, found.diagnostic) in (Kind.POLICY, Kind.UNKNOWN, Kind.SOFT)


def test_words_of_a_token_are_few():
    lines = b"\r\n".join(b"A%021d" % n for n in range(5_000))
    found = read_return(b"From: a@b.fr\r\nTo: c@d.fr\r\nSubject: x\r\n\r\n" + lines)
    assert found.form is Form.MESSAGE
    assert len(found.words) == 20
