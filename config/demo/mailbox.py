"""The caught messages, readable in a browser; routed only where a demo mailbox is set."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

SHOWN_HEADERS = (
    ("From", "De"),
    ("To", "À"),
    ("Subject", "Objet"),
    ("Date", "Date"),
    ("List-Unsubscribe", "List-Unsubscribe"),
    ("List-Unsubscribe-Post", "List-Unsubscribe-Post"),
    ("List-Id", "List-Id"),
    ("Message-ID", "Message-ID"),
)
LISTED = 200
MAIL_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"


def message_file(name: str) -> Path:
    """The file of one message; 404 for any other name than a caught message's."""
    found = Path(settings.DEMO_MAILBOX) / f"{name}.eml"
    if not name.isdigit() or not found.is_file():
        raise Http404("Ce courriel n'existe pas.")
    return found


def read(file: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(file.read_bytes())


def mailbox(request: HttpRequest) -> HttpResponse:
    files = sorted(Path(settings.DEMO_MAILBOX).glob("*.eml"), reverse=True)
    shown = [{"name": file.stem, "message": read(file)} for file in files[:LISTED]]
    return render(request, "demo/mailbox.html", {"messages": shown, "total": len(files)})


def message(request: HttpRequest, name: str) -> HttpResponse:
    mail = read(message_file(name))
    text = mail.get_body(("plain",))
    context = {
        "name": name,
        "headers": [(label, mail[header]) for header, label in SHOWN_HEADERS if mail[header]],
        "subject": mail["Subject"],
        "text": text.get_content() if text else "",
        "has_html": mail.get_body(("html",)) is not None,
    }
    return render(request, "demo/message.html", context)


def message_html(request: HttpRequest, name: str) -> HttpResponse:
    part = read(message_file(name)).get_body(("html",))
    if part is None:
        raise Http404("Ce courriel n'a pas de partie HTML.")
    response = HttpResponse(part.get_content())
    response["Content-Security-Policy"] = MAIL_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


urlpatterns = [
    path("", mailbox, name="demo_mailbox"),
    path("<str:name>/", message, name="demo_message"),
    path("<str:name>/html", message_html, name="demo_message_html"),
]
