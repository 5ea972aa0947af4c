"""Plain functions that put the least into the database that a test needs."""

from django.contrib.auth.models import Group
from wagtail.models import Collection, Locale, Page, Site

from home.models import HomePage


def replant() -> Page:
    """The root page. A test that commits ends by emptying every table, what the migrations have
    planted included: roots, language, groups."""
    Locale.objects.get_or_create(language_code="fr")
    if not Collection.objects.exists():
        Collection.add_root(name="Racine")
    for name in ("Rédaction", "Modération"):
        Group.objects.get_or_create(name=name)
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Racine", slug="root"))


def site_tree() -> HomePage:
    """The home page of the default site, made once a test."""
    if home := HomePage.objects.first():
        return home
    root = replant()
    home = root.add_child(instance=HomePage(title="Accueil", slug="accueil-du-site"))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "testserver", "port": 80, "root_page": home},
    )
    Site.clear_site_root_paths_cache()
    return home
