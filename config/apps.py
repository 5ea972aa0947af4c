from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: the only place that knows every app."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        from newsletter.models import Issue
        from search.registry import add_searchable

        # Neither app names the other: what crosses is handed over here.
        add_searchable(Issue)
