"""Every page type says where it lives and what may live under it."""

import pytest
from django.apps import apps
from wagtail.models import Page

APPS = {"home", "veille", "resources", "newsletter", "search"}
TYPES = [m for m in apps.get_models() if issubclass(m, Page) and m._meta.app_label in APPS]
TREE = {
    "HomePage": {
        "AgendaIndexPage",
        "BulletinIndexPage",
        "CaseStudyIndexPage",
        "NoticeIndexPage",
        "StandardPage",
    },
    "StandardPage": {"StandardPage"},
    "NoticeIndexPage": {"Notice"},
    "AgendaIndexPage": {"AgendaEntry"},
    "CaseStudyIndexPage": {"CaseStudy"},
    "BulletinIndexPage": {"Bulletin"},
    "Bulletin": {"Issue"},
    "Notice": set(),
    "AgendaEntry": set(),
    "CaseStudy": set(),
    "Issue": set(),
}
# Names that, as a form field, hide what scripts ask of an HTML form element.
HIDING = {"action", "method", "elements", "submit", "length", "target", "id"}


def test_every_page_type_is_in_the_tree() -> None:
    assert {model.__name__ for model in TYPES} == set(TREE)


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_a_page_type_accepts_these_children_and_no_other(model: type[Page]) -> None:
    assert {child.__name__ for child in model.allowed_subpage_models()} == TREE[model.__name__]


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_where_a_page_type_lives_is_written(model: type[Page]) -> None:
    parents = {parent.__name__ for parent in model.clean_parent_page_models()}
    expected = {name for name, children in TREE.items() if model.__name__ in children}
    assert parents == (expected or {"Page"})


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_no_field_hides_a_property_of_the_form(model: type[Page]) -> None:
    assert {field.name for field in model._meta.get_fields()} & HIDING <= {"id"}
