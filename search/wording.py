"""Pure. What the results page says in words."""

from search.query import Query

NBSP = "\u00a0"
MOST = "Aucun document ne contient tous ces mots : voici ceux qui en contiennent le plus."
COMMON = (
    "Ces mots sont trop courants, ou n'en sont pas : ajoutez un mot du titre, un nom, un sujet."
)
NOTHING = "Aucun document ne répond à cette question."


def results_count(total: int) -> str:
    """« aucun résultat », « 1 résultat », « 1 234 résultats »."""
    if total == 0:
        return "aucun résultat"
    number = f"{total:,}".replace(",", "\u202f")
    return f"{number}{NBSP}résultat{'s' if total > 1 else ''}"


def page_title(query: Query, total: int, page: int) -> str:
    """« Recherche « tiers-lieux » – 34 résultats – page 2 »."""
    asked = f" «{NBSP}{query.text}{NBSP}»" if query.text else ""
    title = f"Recherche{asked} – {results_count(total)}"
    return f"{title} – page{NBSP}{page}" if page > 1 else title


def notice(mode: str, query: Query, suggestion: str | None) -> str:
    """The sentence above the results, empty when there is nothing to explain."""
    if mode == "corrected":
        return (
            f"Rien ne contient «{NBSP}{query.text}{NBSP}»."
            f" Voici les résultats pour «{NBSP}{suggestion}{NBSP}»."
        )
    if mode == "most":
        return MOST.replace(" :", f"{NBSP}:")
    if mode == "none":
        return (COMMON if query.is_empty else NOTHING).replace(" :", f"{NBSP}:")
    return ""
