"""What the engine is measured against: the same bytes, one connection, no database, no journal.

`python -m bench.sending.baselines NAME PORT COUNT [tls]` sends COUNT messages and prints JSON:
`seconds` and `cpu` of the sending alone (connection open, letter prepared).

* smtplib: one `smtplib` connection; the message prepared once, the reader's words replaced in its
  bytes: the honest « smtplib + template substitution ».
* django: `EmailMultiAlternatives` through Django's SMTP backend, its connection kept open: what a
  Django newsletter does.
* transport: our prepared letter and our transport, without database, journal or Celery.
* wire: messages made beforehand, pipelined by hand on a socket: what the sink can take.
"""

import json
import os
import smtplib
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from django.core.mail import EmailMultiAlternatives, get_connection

from bench.sending.paper import SENT_AT, TO, TOKEN, letter, template
from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.engine import transport
from newsletter.engine.messages import Reader
from newsletter.engine.prepared import prepare
from newsletter.engine.relays import parse_relay

SENDER = "lettre@example.org"
HEADERS = {
    "List-Id": "En quelques clics <en-quelques-clics.example.org>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Auto-Submitted": "auto-generated",
}


def readers(count: int) -> Iterator[tuple[str, str]]:
    for n in range(count):
        yield f"lecteur{n}@exemple.fr", f"tokenOfReader{n:09d}"


def timed(act: Callable[[], None]) -> dict[str, float]:
    start, cpu = time.perf_counter(), time.process_time()
    act()
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}


def trusting() -> ssl.SSLContext:
    return ssl._create_unverified_context()  # noqa: S323 — our own sink, on loopback


def by_smtplib(port: int, count: int, tls: bool) -> dict[str, float]:
    message, to, token = template(), TO.encode(), TOKEN.encode()
    relay = (
        smtplib.SMTP_SSL("localhost", port, context=trusting())
        if tls
        else smtplib.SMTP("127.0.0.1", port)
    )

    def act() -> None:
        for address, secret in readers(count):
            mine = message.replace(to, address.encode()).replace(token, secret.encode())
            relay.sendmail(SENDER, [address], mine)

    with relay:
        return timed(act)


def by_django(port: int, count: int, tls: bool) -> dict[str, float]:
    made = letter()
    relay = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, use_ssl=tls
    )
    relay.open()

    def act() -> None:
        for address, secret in readers(count):
            url = f"https://lettre.example.org/d/{secret}"
            mail = EmailMultiAlternatives(
                made.subject,
                made.text.replace(UNSUBSCRIBE_MARK, url),
                f"En quelques clics <{SENDER}>",
                [address],
                connection=relay,
                headers=HEADERS | {"List-Unsubscribe": f"<{url}>"},
            )
            mail.attach_alternative(made.html.replace(UNSUBSCRIBE_MARK, url), "text/html")
            mail.send()

    try:
        return timed(act)
    finally:
        relay.close()


def by_transport(port: int, count: int, tls: bool) -> dict[str, float]:
    prepared, taken = prepare(letter()), []
    where = f"smtp://localhost:{port}?tls=tls" if tls else f"smtp://127.0.0.1:{port}?tls=none"
    relay = transport.open_connection(parse_relay(where), timeout=30, max_tries=5, name="bench")

    def parcels() -> Iterator[transport.Parcel]:
        for n, (address, secret) in enumerate(readers(count)):
            data = prepared.head_and_body(Reader(address, secret, f"1.{n}"), SENT_AT)
            yield transport.Parcel(n, SENDER, address, 0, data)

    def act() -> None:
        for _ in relay.send_many(parcels(), lambda key: None, taken.append):
            pass

    try:
        figures = timed(act)
    finally:
        relay.close()
    if len(taken) != count:
        raise RuntimeError(f"{len(taken)} taken of {count}")
    return figures


def by_wire(port: int, count: int, tls: bool) -> dict[str, float]:
    body = template().replace(b"\r\n.", b"\r\n..") + b".\r\n"
    ask = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<lecteur@exemple.fr>\r\nDATA\r\n".encode()
    both = body + ask
    talk = socket.create_connection(("127.0.0.1", port))
    talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if tls:
        talk = trusting().wrap_socket(talk, server_hostname="localhost")

    def heard(replies: int) -> None:
        text = b""
        while text.count(b"\r\n") < replies:
            text += talk.recv(4096)

    with talk:
        heard(1)
        talk.sendall(b"HELO bench\r\n" + ask)
        heard(4)

        def act() -> None:
            for _ in range(count):
                talk.sendall(both)
                heard(4)

        return timed(act)


ALL = {"smtplib": by_smtplib, "django": by_django, "transport": by_transport, "wire": by_wire}


if __name__ == "__main__":
    name, port, count, *more = sys.argv[1:]
    print(json.dumps(ALL[name](int(port), int(count), more == ["tls"])))
