from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The ground floor: what every other app stands on. Imports no other app."""

    name = "home"
    verbose_name = "Socle du site"
