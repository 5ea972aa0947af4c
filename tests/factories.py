"""Plain functions that put the least into the database that a test needs."""

from wagtail.models import Locale, Page, Site

from home.models import HomePage


def site_tree() -> HomePage:
    """The home page of the default site, made once a test."""
    if home := HomePage.objects.first():
        return home
    # A test that commits ends by emptying every table, Wagtail's own root included.
    Locale.objects.get_or_create(language_code="fr")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Racine", slug="root"))
    home = root.add_child(instance=HomePage(title="Accueil", slug="accueil-du-site"))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "testserver", "port": 80, "root_page": home},
    )
    Site.clear_site_root_paths_cache()
    return home
