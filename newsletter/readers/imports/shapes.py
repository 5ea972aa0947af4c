"""What the columns of a file mean, and what a status written there says. Pure.

Written from the exports that Brevo, Mailchimp, Sympa and Sarbacane document or give: a column is
known by its name, a value by its words, in English or in French.
"""

import re
from collections.abc import Sequence

from newsletter.readers.imports.decoding import plain
from newsletter.readers.imports.values import Fate

IGNORED = ""
# role: (label for the person who checks, names of columns as `plain` writes them)
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "email": (
        "Adresse électronique",
        (
            *("email", "e mail", "mail", "email address", "adresse email", "adresse e mail"),
            *("adresse electronique", "adresse mail", "courriel", "adresse de courriel"),
            *("address email", "user email", "user", "emailaddress", "contact email"),
        ),
    ),
    "name": ("Nom entier", ("name", "gecos", "full name", "fullname", "nom complet", "nom prenom")),
    "first_name": ("Prénom", ("first name", "firstname", "prenom", "fname")),
    "last_name": (
        "Nom de famille",
        ("last name", "lastname", "nom", "lname", "nom de famille", "surname"),
    ),
    "organisation": (
        "Organisme",
        (
            *("organisation", "organization", "organisme", "company", "societe", "entreprise"),
            *("structure", "employeur", "collectivite"),
        ),
    ),
    "topics": ("Thèmes", ("topics", "themes", "thematiques")),
    "status": (
        "État (abonné, désabonné, rejeté…)",
        (
            *("statut", "status", "etat", "email status", "statut email", "reception"),
            *("member status", "subscription status", "etat de l abonnement"),
        ),
    ),
    "stopped": (
        "Désabonné (oui ou une date)",
        (
            *("blacklisted", "email blacklisted", "blacklist", "liste noire", "unsub time"),
            *("desabonne", "desabonnement", "date de desabonnement", "desinscrit", "optout"),
            *("desinscription", "date de desinscription", "unsubscribed", "opt out", "suspend"),
            *("blocklisted", "email blocklisted", "desabonne le", "suspended", "unsubscribed at"),
        ),
    ),
    "stop_reason": ("Motif du désabonnement", ("unsub reason", "motif", "motif de desabonnement")),
    "bounced": (
        "Rejeté (oui, une date ou un code)",
        (
            *("clean time", "bounce", "bounced", "hard bounce", "hardbounce", "npai", "rejete"),
            *("email hardbounced", "date de bounce", "bounces", "erreur", "adresse invalide"),
        ),
    ),
    "complained": (
        "Plainte (oui ou une date)",
        ("complaint", "plainte", "spam complaint", "plaintes", "abuse", "spam"),
    ),
    "agreed": (
        "Accord (oui ou non)",
        (
            *("opt in", "optin", "double opt in", "consentement", "accord", "abonne"),
            *("email opt in", "subscribed"),
        ),
    ),
    "consent_date": (
        "Date de l'accord",
        (
            *("optin time", "opt in time", "confirm time", "added time", "date d inscription"),
            *("date", "date d abonnement", "date inscription", "inscrit le", "date de creation"),
            *("subscribed at", "subscribe date", "date d accord", "date de consentement"),
        ),
    ),
}
ROLE_OF = {name: role for role, (_, names) in ROLES.items() for name in names}
ONCE = {"email", "name", "first_name", "last_name", "organisation", "consent_date"}
LABELS = {IGNORED: "Ne pas importer", **{role: label for role, (label, _) in ROLES.items()}}
CODE = re.compile(r"(?<!\d)([245])(?:\.\d{1,3}\.\d{1,3}|\d\d)(?!\d)")  # RFC 3463, RFC 5321 §4.2

SHAPE_NAMES = {
    "own": "Modèle de ce logiciel",
    "brevo": "Brevo",
    "mailchimp": "Mailchimp",
    "sympa": "Sympa",
    "sarbacane": "Sarbacane",
    "list": "Liste d'adresses",
    "other": "Autre",
}
OWN = {"email", "name", "organisation", "topics"}
# The columns that betray a tool; the first that fits.
MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "mailchimp",
        frozenset(
            {"member rating", "optin time", "unsub time", "clean time", "leid", "euid"}
            | {"confirm time", "optin ip", "email address"}
        ),
    ),
    (
        "brevo",
        frozenset(
            {"double opt in", "blacklisted", "contact id", "added time", "modified time"}
            | {"email blacklisted", "ext id", "landline number", "opt in", "email blocklisted"}
        ),
    ),
    ("sympa", frozenset({"gecos", "reception", "visibility"})),
    (
        "sarbacane",
        frozenset(
            {"statut", "desabonne", "npai", "desinscrit", "date de desabonnement", "plainte"}
            | {"bounce"}
        ),
    ),
)


def shape_of(header: Sequence[str]) -> str:
    """The tool that wrote a file with these columns."""
    names = {plain(name) for name in header}
    if "email" in names and names <= OWN:
        return "own"
    return next((shape for shape, marks in MARKS if names & marks), "other")


def roles_of(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> list[str]:
    """The role guessed for each column, "" for those that are left; without a name that says it,
    the address is the column whose values have an @."""
    roles: list[str] = []
    for name in header:
        role = ROLE_OF.get(plain(name), IGNORED)
        roles.append(IGNORED if role in ONCE and role in roles else role)
    # « Nom » alone is a whole name; beside « Prénom » it is a family name.
    if "last_name" in roles and not {"first_name", "name"} & set(roles):
        roles[roles.index("last_name")] = "name"
    if "email" not in roles:
        for rank in range(len(header)):
            values = [line[rank] for line in sample if rank < len(line)]
            if values and all("@" in value for value in values):
                roles[rank] = "email"
                break
    return roles


YES = {"1", "yes", "oui", "true", "vrai", "x", "y", "o", "opt in", "optin", "ok"}
NO = {"", "0", "2", "no", "non", "false", "faux", "n", "na", "n a", "null", "none", "aucun"}
STOPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Fate.COMPLAINED, ("plainte", "complain", "spam", "abuse", "indesirable")),
    (Fate.NOT_CONFIRMED, ("pending", "en attente", "non confirm", "unconfirm", "a confirmer")),
    (
        Fate.LEFT,
        (
            *("unsub", "desabonn", "desinscri", "opt out", "optout", "blacklist", "blocklist"),
            *("liste noire", "nomail", "resili", "refus", "suspend", "parti"),
        ),
    ),
    (Fate.BOUNCED, ("bounce", "npai", "clean", "invalid", "erreur", "rejet", "hard")),
)
ACTIVE = {
    *("", "actif", "active", "activ", "subscribed", "abonne", "abonnee", "abonne e", "inscrit"),
    *("inscrite", "confirmed", "confirme", "valid", "valide", "mail", "digest", "digestplain"),
    *("summary", "notice", "txt", "html", "urlize", "not me", "normal", "oui", "yes", "1", "ok"),
    *("opt in", "optin", "soft bounce", "inscrit e"),
}


def fate_of(role: str, value: str) -> str:
    """What one cell says of its address: see `Fate`."""
    words = plain(value)
    if role == "status":
        if words in ACTIVE:
            return Fate.COMES
        return next((f for f, stems in STOPS if any(s in words for s in stems)), Fate.UNKNOWN)
    if role == "agreed":
        # Brevo writes « 2 » for no; nothing written is nothing said.
        return Fate.NOT_CONFIRMED if words and words in NO else Fate.COMES
    if role == "stop_reason":
        return Fate.COMPLAINED if "spam" in words or "abuse" in words else Fate.COMES
    if words in NO:
        return Fate.COMES
    if role == "bounced":
        return _bounce(words, value)
    return {"stopped": Fate.LEFT, "complained": Fate.COMPLAINED}.get(role, Fate.COMES)


def _bounce(words: str, value: str) -> str:
    """A passing refusal (4.2.2, « soft ») does not bar an address."""
    if words.startswith("soft"):
        return Fate.COMES
    codes = CODE.findall(value)
    return Fate.COMES if codes and "5" not in codes else Fate.BOUNCED
