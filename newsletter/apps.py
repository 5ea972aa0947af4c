from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """The letter: bulletins, issues, readers, sending."""

    name = "newsletter"
    verbose_name = "Lettre"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from newsletter.models import Issue
        from newsletter.signals import remember_carried_pages

        page_published.connect(remember_carried_pages, sender=Issue, dispatch_uid="write_ledger")
