"""How lists of the letter are narrowed. Another value than those offered filters nothing."""

from typing import Any

from django.contrib.admin import ChoicesFieldListFilter, DateFieldListFilter, SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from wagtail_modeladmin.helpers import DjangoORMSearchHandler
from wagtail_modeladmin.options import ModelAdmin

from home.models import Topic
from newsletter.addresses import AddressError, normalise
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.issues import Bulletin

Lookups = list[tuple[str, str]]
LATEST = 50
NO_THEME = "aucun"
FILE = "fichier:"


class DayFilter(DateFieldListFilter):
    """« Par date »: the names of the fields (« le ») make no title."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"


class SourceFilter(ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "origine"


class Offered(SimpleListFilter):
    """A filter that only takes what it offers."""

    def chosen(self) -> str:
        value = self.value() or ""
        return value if value in dict(self.lookup_choices) else ""


class SubscriptionFilter(Offered):
    """One that looks at the subscriptions of a reader: a reader comes once."""

    def subscriptions(self, value: str) -> QuerySet[Subscription]:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, found: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        if not (value := self.chosen()):
            return found
        return found.filter(Exists(self.subscriptions(value).filter(subscriber=OuterRef("pk"))))


class BulletinFilter(SubscriptionFilter):
    title = "bulletin"
    parameter_name = "bulletin"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Lookups:
        titles = Bulletin.objects.order_by("title").values_list("pk", "title")
        return [(str(pk), title) for pk, title in titles]

    def subscriptions(self, value: str) -> QuerySet[Subscription]:
        return Subscription.objects.filter(bulletin=value)


class ThemeFilter(SubscriptionFilter):
    """By a theme that the reader chose; none chosen is every theme."""

    title = "thème suivi"
    parameter_name = "theme"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Lookups:
        names = Topic.objects.order_by("name").values_list("pk", "name")
        return [(NO_THEME, "Tous (aucun choisi)"), *((str(pk), name) for pk, name in names)]

    def subscriptions(self, value: str) -> QuerySet[Subscription]:
        if value == NO_THEME:
            return Subscription.objects.filter(topics_key="")
        return Subscription.objects.filter(topics=value)


class FrequencyFilter(SubscriptionFilter):
    title = "fréquence"
    parameter_name = "frequence"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Lookups:
        return list(Subscription.Frequency.choices)

    def subscriptions(self, value: str) -> QuerySet[Subscription]:
        return Subscription.objects.filter(frequency=value)


class OriginFilter(SubscriptionFilter):
    """By where a consent came from: the form of the site, or one of the latest files."""

    title = "origine"
    parameter_name = "origine"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Lookups:
        # From the imports themselves, few, and not from the consents, which may be a million.
        names = Bulletin.objects.values_list("imports__provenance", flat=True)
        files = sorted({name for name in names.order_by("-imports__pk")[:LATEST] if name})
        return [
            (ConsentEvent.Channel.FORM.value, "Formulaire du site"),
            (ConsentEvent.Channel.IMPORT.value, "Import d'un fichier"),
            *((f"{FILE}{name}", name) for name in files),
        ]

    def subscriptions(self, value: str) -> QuerySet[Subscription]:
        kinds = [ConsentEvent.Kind.REQUESTED, ConsentEvent.Kind.IMPORTED]
        asked = (
            Q(provenance=value.removeprefix(FILE)) if value.startswith(FILE) else Q(channel=value)
        )
        events = ConsentEvent.objects.filter(asked, kind__in=kinds, subscription=OuterRef("pk"))
        return Subscription.objects.filter(Exists(events))


class MailingFilter(Offered):
    """By mailing, the fifty latest."""

    title = "envoi"
    parameter_name = "envoi"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Lookups:
        latest = Mailing.objects.select_related("issue", "bulletin")[:LATEST]
        return [(str(one.pk), f"{one.pk} – {one.label}") for one in latest]

    def queryset(self, request: HttpRequest, found: QuerySet[Delivery]) -> QuerySet[Delivery]:
        value = self.chosen()
        return found.filter(mailing=value) if value else found


class AddressSearch(DjangoORMSearchHandler):
    """Words anywhere in the address, the name or the body; a whole address, in any spelling, finds
    its reader alone."""

    def search_queryset(self, queryset: QuerySet, search_term: str, **kwargs: object) -> QuerySet:
        search_term = search_term.replace("\0", "")
        try:
            exact = queryset.filter(email=normalise(search_term))
        except AddressError:
            return super().search_queryset(queryset, search_term, **kwargs)
        if exact.exists():
            return exact
        return super().search_queryset(queryset, search_term, **kwargs)
