from django.apps import AppConfig
from django.urls import register_converter

from home.converters import KeyConverter


class HomeConfig(AppConfig):
    """The ground floor: what every other app stands on. Imports no other app."""

    name = "home"
    verbose_name = "Socle du site"

    def ready(self) -> None:
        register_converter(KeyConverter, "key")
