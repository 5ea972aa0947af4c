"""Doorbells of the watch."""

from celery import shared_task

from veille import links


@shared_task(name="veille.check_links", ignore_result=True)
def check_links() -> None:
    """The night's round."""
    links.check_due()


@shared_task(name="veille.check_pages_links", ignore_result=True)
def check_pages_links(page_ids: list[int]) -> None:
    """The links of these pages, now: those of an issue that is about to leave."""
    links.check_of_pages(page_ids)
