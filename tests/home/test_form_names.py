"""A page's form in the admin is a form to the browser too: a field must not hide what it is."""

import pytest
from wagtail.models import Page, get_page_models

# A control of this name takes the place of the form's own property: autosave posts to
# `form.action`, and Wagtail's scripts read the others.
FORM_PROPERTIES = {"action", "method", "elements", "submit", "id", "length"}


@pytest.mark.parametrize("model", get_page_models(), ids=lambda model: model.__name__)
def test_no_field_hides_a_property_of_the_form(model: type[Page]) -> None:
    names = set(model.get_edit_handler().get_form_class().base_fields)
    assert "title" in names or model is Page
    assert names & FORM_PROPERTIES == set()
