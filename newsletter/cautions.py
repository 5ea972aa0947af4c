"""What deserves a look before an issue leaves, and may be right all the same. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from home.cards import OutgoingLink, quoted
from newsletter.facts import Facts, Finding
from newsletter.markup import read_markup

LINK_AGE = timedelta(days=90)
STALE_AGE = timedelta(hours=24)
CAPITAL_LETTERS, CAPITAL_SHARE = 8, 0.8
SHOWN_LINKS = 3
VAGUE = frozenset(
    {"ici", "cliquez ici", "cliquer ici", "lien", "ce lien", "le lien", "la suite", "suite"}
    | {"lire", "lire la suite", "lire plus", "voir", "voir plus", "plus", "en savoir plus"}
    | {"plus d'infos", "plus d'informations", "par ici", "site", "click here", "read more"}
)
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def cautions(facts: Facts) -> Iterator[Finding]:
    """Every warning, what concerns the whole issue first."""
    yield from _circumstances(facts)
    yield from _rubrics(facts)
    yield from _same_pages(facts)
    yield from _same_titles(facts)
    yield from _other_drafts(facts)
    yield from _dates(facts)
    yield from _capitals(facts)
    yield from _vague_links(facts)
    yield from _covers(facts)
    yield from _links(facts)


def is_shouted(title: str) -> bool:
    """Written in capitals: of 8 letters or more, over 80 % are; so « FNAU » is not."""
    letters = [c for c in title if c.isupper() or c.islower()]
    capitals = sum(1 for c in letters if c.isupper())
    return len(letters) >= CAPITAL_LETTERS and capitals > CAPITAL_SHARE * len(letters)


def is_vague(link: str) -> bool:
    """Whether a link's text says nothing of where it leads when it is read alone."""
    bare = link.casefold().replace("’", "'").strip(" \t\n\u00a0\u202f.…:;!?>»«→►()[]")
    return not bare or bare in VAGUE or bool(ADDRESS.fullmatch(bare))


def needs_check(link: OutgoingLink, today: date) -> bool:
    """Never asked, or so long ago that the answer says little. What is known dead or moved is
    told as such."""
    if link.health in {"dead", "moved"}:
        return False
    return link.checked_on is None or today - link.checked_on > LINK_AGE


def _circumstances(facts: Facts) -> Iterator[Finding]:
    places = facts.places
    if facts.differs_from_live:
        words = "Des modifications ne sont pas publiées\u00a0: c'est la version publiée qui part."
        yield Finding("unpublished-changes", words, places.issue)
    age = facts.age_at_departure
    if age is not None and age > STALE_AGE:
        hours = int(age.total_seconds() // 3600)
        words = f"La version enregistrée aura {hours}\u00a0heures au moment de l'envoi\u00a0: "
        yield Finding("stale", f"{words}relisez-la ce jour-là.", places.issue)
    if not facts.has_reader:
        words = "Le bulletin n'a aucun abonné confirmé\u00a0: il n'y a personne à qui écrire."
        yield Finding("no-reader", words, places.readers)
    for title in facts.lost_rules:
        words = f"La règle de {quoted(title)} renvoie à un thème ou à un mot-clé supprimé."
        yield Finding("lost-rule", words, places.rules)


def _rubrics(facts: Facts) -> Iterator[Finding]:
    for part in facts.parts:
        if part.kind == "rubric" and not part.lines:
            why = "elle n'a qu'un chapô" if part.has_introduction else "elle ne paraîtra pas"
            words = f"La rubrique {quoted(part.title)} est vide\u00a0: {why}."
            yield Finding("empty-rubric", words, part.where)


def _same_pages(facts: Facts) -> Iterator[Finding]:
    """A page twice outside the agenda, or twice in it: a date may also stand in a rubric."""
    seen: dict[tuple[int, bool], str] = {}
    for part, line in facts.lines:
        if line.page_id is None or line.state == "deleted":
            continue
        key = (line.page_id, part.kind == "agenda")
        if key in seen:
            names = " et ".join(map(quoted, dict.fromkeys((seen[key], part.title))))
            words = f"{quoted(line.title)} est deux fois dans le numéro\u00a0: {names}."
            yield Finding("duplicate", words, line.where)
        seen.setdefault(key, part.title)


def _same_titles(facts: Facts) -> Iterator[Finding]:
    """One title on two pages: often the same publication described twice."""
    seen: dict[str, int] = {}
    for _, line in facts.lines:
        if line.page_id is None or line.state == "deleted" or not line.title.strip():
            continue
        key = " ".join(line.title.casefold().split())
        if seen.setdefault(key, line.page_id) != line.page_id:
            words = f"Deux pages du numéro ont le même titre\u00a0: {quoted(line.title)}."
            yield Finding("same-title", words, line.where)


def _other_drafts(facts: Facts) -> Iterator[Finding]:
    for page in facts.public_pages:
        if page.other_draft:
            words = f"{quoted(page.title)} est aussi dans un autre brouillon, {page.other_draft}."
            yield Finding("other-draft", words, page.where)


def _dates(facts: Facts) -> Iterator[Finding]:
    for line in facts.public_pages:
        if line.when is None:
            continue
        if line.when.ends_on < facts.leaves_on:
            words = f"{quoted(line.title)}\u00a0: la date sera passée à l'envoi ({line.when.text})."
            yield Finding("past-date", words, line.where)
        elif line.when.status == "cancelled":
            words = f"{quoted(line.title)}\u00a0: cette date est annulée ({line.when.text})."
            yield Finding("cancelled-date", words, line.where)


def _capitals(facts: Facts) -> Iterator[Finding]:
    titles = [
        ("Le titre du numéro", facts.title, facts.places.title),
        ("L'objet du courriel", facts.subject, facts.places.subject),
    ]
    titles += [("Un intertitre", part.title, part.where) for part in facts.parts]
    titles += [("Un titre", line.title, line.title_where) for _, line in facts.lines]
    told: set[str] = set()
    for what, title, where in titles:
        if is_shouted(title) and title not in told:
            told.add(title)
            yield Finding("capitals", f"{what} est en capitales\u00a0: {quoted(title)}.", where)


def _vague_links(facts: Facts) -> Iterator[Finding]:
    for prose in facts.prose:
        for text in dict.fromkeys(filter(is_vague, read_markup(prose.html).links)):
            named = f"{quoted(text)} ne dit pas où il mène" if text else "un lien n'a pas de texte"
            words = f"{prose.place}\u00a0: {'le lien ' if text else ''}{named}."
            yield Finding("vague-link", words, prose.where)


def _covers(facts: Facts) -> Iterator[Finding]:
    for page in facts.public_pages:
        if page.lacks_cover_alt:
            words = f"La couverture de {quoted(page.title)} n'a pas de description."
            yield Finding("cover-alt", words, page.page_where)


def _links(facts: Facts) -> Iterator[Finding]:
    dead = ("dead-link", "un lien mort", "liens morts")
    moved = ("moved-link", "un lien a changé d'adresse", "liens ont changé d'adresse")
    for health, (code, one, many) in {"dead": dead, "moved": moved}.items():
        for page in facts.public_pages:
            found = list(dict.fromkeys(link.url for link in page.links if link.health == health))
            if found:
                count = one if len(found) == 1 else f"{len(found)}\u00a0{many}"
                words = f"{quoted(page.title)}\u00a0: {count} ({_shown(found)})."
                yield Finding(code, words, page.page_where)
    unchecked = {link.url for link in facts.links if needs_check(link, facts.today)}
    if unchecked:
        age = f"depuis {LINK_AGE.days}\u00a0jours"
        words = f"{len(unchecked)}\u00a0liens n'ont jamais été vérifiés, ou pas {age}."
        one = f"Un lien n'a jamais été vérifié, ou pas {age}."
        words = one if len(unchecked) == 1 else words
        yield Finding("unchecked-link", words, facts.places.links)


def _shown(urls: list[str]) -> str:
    rest = len(urls) - SHOWN_LINKS
    more = f", et {rest} de plus" if rest > 0 else ""
    return ", ".join(urls[:SHOWN_LINKS]) + more
