"""Facts to check: an issue with nothing to say, and what a test changes of it."""

from datetime import date

from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.facts import Facts, Held, Part, Places
from newsletter.preflight import check

TODAY = date(2026, 11, 20)
HTML = f'<h1>Titre</h1><img src="a.png" alt=""><a href="{UNSUBSCRIBE_MARK}">Se désabonner</a>'
PLACES = Places(
    issue="/numero/",
    title="/numero/#titre",
    subject="/numero/#objet",
    contents="/composer/",
    sender="/bulletin/#expedition",
    rules="/numero/#regles",
    readers="/abonnes/",
    links="/verification/#liens",
)


def held(page_id: int = 1, title: str = "Une étude", **fields: object) -> Held:
    values = {
        "where": f"/composer/#item-{page_id}",
        "page_where": f"/page/{page_id}/",
        "title_where": f"/page/{page_id}/",
    }
    return Held(title, page_id=page_id, **(values | fields))


def rubric(*lines: Held, title: str = "Rubrique", **fields: object) -> Part:
    return Part("rubric", title, "/composer/#part-1", lines, **fields)


def agenda(*lines: Held) -> Part:
    return Part("agenda", "Agenda", "/numero/#agenda", lines)


def facts(*parts: Part, **fields: object) -> Facts:
    values = {
        "title": "Innovation publique",
        "subject": "",
        "sender_email": "lettre@exemple.fr",
        "reply_to": "contact@exemple.fr",
        "today": TODAY,
        "leaves_on": TODAY,
        "html": HTML,
        "text": f"Se désabonner :\n{UNSUBSCRIBE_MARK}\n",
    }
    return Facts(PLACES, parts=parts or (rubric(held()),), **(values | fields))


def blocking(given: Facts) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in check(given).blocking]


def warnings(given: Facts) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in check(given).warnings]


def message(given: Facts) -> str:
    """That of the only finding."""
    report = check(given)
    (finding,) = (*report.blocking, *report.warnings)
    return finding.message
