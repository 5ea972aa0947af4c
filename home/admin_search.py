"""The admin's search: Wagtail's own for the database in use, deaf to what breaks its queries.

On SQLite a double quote in a word is a syntax error of FTS5, and PostgreSQL refuses NUL:
each would be a server error (measured on modelsearch as of Wagtail 8.0.1).
"""

from typing import Any

from wagtail.search.backends import database
from wagtail.search.backends.base import BaseSearchBackend

SPACES = str.maketrans({'"': " ", "\x00": " "})
NOTHING = "-"  # a text that no index holds


def speakable(query: Any) -> Any:
    """A typed query without quotes or NUL; a query that is not a text, as it is.

    Never blank: Wagtail's listings fail on what the search returns for it.
    """
    if not isinstance(query, str):
        return query
    words = query.translate(SPACES).strip()
    return words if words or not query else NOTHING


class SpeakableQueries:
    """Goes before a search backend in its bases."""

    def search(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        return super().search(speakable(query), *args, **kwargs)

    def autocomplete(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        return super().autocomplete(speakable(query), *args, **kwargs)


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:  # noqa: N802 — Wagtail's name
    """The backend that Wagtail picks for the default database, made to take any text."""
    chosen = type(database.SearchBackend(params))
    return type("SearchBackend", (SpeakableQueries, chosen), {})(params)
