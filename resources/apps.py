from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    """What the centre makes."""

    name = "resources"
    verbose_name = "Ressources"
