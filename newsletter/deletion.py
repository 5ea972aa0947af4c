"""What may not be deleted: a bulletin that has readers, an issue that has left.

The database protects both; here the person is told before it has to.
"""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.models import Page

from newsletter.models import Mailing, Subscription


def obstacles(pages: Iterable[Page]) -> list[str]:
    """One sentence for each thing, at or below these pages, that must stay."""
    below = Q(pk__in=[])
    for page in pages:
        below |= Q(path__startswith=page.path)
    ids = Page.objects.filter(below).values("pk")
    sent = Mailing.objects.filter(issue__in=ids).values_list("issue__title", flat=True)
    digests = Mailing.objects.filter(kind=Mailing.Kind.DIGEST, bulletin__in=ids)
    letters = digests.order_by().values_list("bulletin__title", flat=True).distinct()
    read = Subscription.objects.filter(bulletin__in=ids).values_list("bulletin__title", flat=True)
    found = [
        f"«\u00a0{title}\u00a0» a déjà été envoyé\u00a0: dépubliez-le plutôt que de le supprimer."
        for title in dict.fromkeys(sent)
    ]
    found += [
        f"«\u00a0{title}\u00a0» a envoyé des résumés thématiques\u00a0: dépubliez-le plutôt que de "
        "le supprimer."
        for title in letters
    ]
    return found + [
        f"«\u00a0{title}\u00a0» a des abonnements\u00a0: leur preuve de consentement doit rester."
        for title in dict.fromkeys(read)
    ]


def refuse_deletion(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    """Back to the list with the reasons, or None when nothing stands in the way."""
    pages = list(pages)
    reasons = obstacles(pages)
    if not reasons:
        return None
    for reason in reasons:
        messages.error(request, reason)
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk if parent else pages[0].pk)
