from django.apps import AppConfig
from django.utils.module_loading import import_string


class SearchConfig(AppConfig):
    """One question, one page."""

    name = "search"
    verbose_name = "Recherche"

    def ready(self) -> None:
        # By name: models cannot be imported before the apps are ready.
        import_string("search.signals.connect")()
