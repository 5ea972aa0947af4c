import pytest

from home.models import HomePage
from tests.factories import site_tree


@pytest.fixture
def home(db: None) -> HomePage:
    """The site's root, for tests that publish something under it."""
    return site_tree()
