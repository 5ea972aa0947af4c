"""The least that a test needs of the centre's own resources."""

from itertools import count
from typing import Any

from home.models import HomePage
from resources.models import CaseStudy, CaseStudyIndexPage
from tests.veille.factories import put

NUMBERS = count(1)


def case_study_index(home: HomePage) -> CaseStudyIndexPage:
    found = CaseStudyIndexPage.objects.child_of(home).first()
    page = CaseStudyIndexPage(title="Retours d'expérience", slug="retours-d-experience")
    return found or home.add_child(instance=page)


def case_study(
    home: HomePage,
    *,
    topics: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    live: bool = True,
    published: Any = None,
    **fields: Any,
) -> CaseStudy:
    title = fields.pop("title", f"Expérience {next(NUMBERS)}")
    page = CaseStudy(title=title, **fields)
    return put(
        case_study_index(home), page, topics=topics, tags=tags, live=live, published=published
    )
