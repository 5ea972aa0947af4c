"""The results page: one question, one page, always 200."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search import engine
from search.query import Query
from search.wording import notice, page_title, results_count

SORT_LABELS = (("pertinence", "Pertinence"), ("date", "Date"), ("titre", "Titre"))


@dataclass(frozen=True, slots=True)
class SortChoice:
    label: str
    url: str
    selected: bool


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    query = Query.parse(dict(request.GET.lists()))
    found = engine.run(query)
    number = found.page_obj.number
    first_page = query.on_page(1)
    context = {
        "query": query,
        "title": page_title(query, found.total, number),
        "count_label": results_count(found.total),
        "notice": notice(found.mode, query, found.suggestion),
        "mode": found.mode,
        "results": found.hits,
        "total": found.total,
        "facets": found.facets,
        "suggestion": found.suggestion,
        "suggestion_url": _url(query.saying(found.suggestion)) if found.suggestion else "",
        "without_facets_url": _url(query.without_facets()) if query.facets else "",
        "sorts": [
            SortChoice(label, _url(query.sorted_by(sort)), sort == query.sort)
            for sort, label in SORT_LABELS
        ],
        "page_obj": found.page_obj,
        "pages": f"{_url(first_page)}&" if first_page.params() else "?",
    }
    return render(request, "search/results.html", context)


def _url(query: Query) -> str:
    return f"?{query.query_string()}"
