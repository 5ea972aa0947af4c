from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """The letter: bulletins, issues, readers, sending."""

    name = "newsletter"
    verbose_name = "Lettre"

    def ready(self) -> None:
        from django.db.models.signals import pre_delete
        from wagtail.signals import page_published

        from home.models import Topic
        from newsletter.models import Issue
        from newsletter.returns import checks  # noqa: F401 — registers itself
        from newsletter.signals import keep_choices_right, remember_carried_pages

        page_published.connect(remember_carried_pages, sender=Issue, dispatch_uid="write_ledger")
        pre_delete.connect(keep_choices_right, sender=Topic, dispatch_uid="leave_theme")
