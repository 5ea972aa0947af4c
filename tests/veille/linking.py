"""A notice with links, for the tests of what asks them."""

from home.models import HomePage
from tests.veille import factories
from veille.models import Notice, NoticeLink


def noticed(home: HomePage, *urls: str, **fields: object) -> Notice:
    """A published notice with these links."""
    page = factories.notice(home)
    page.links = [NoticeLink(url=url, label=f"Lien {n}", **fields) for n, url in enumerate(urls)]
    page.save_revision().publish()
    return Notice.objects.get(pk=page.pk)
