from django.apps import AppConfig


class VeilleConfig(AppConfig):
    """Notices and agenda."""

    name = "veille"
    verbose_name = "Veille"
