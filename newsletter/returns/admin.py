"""The screen « Retours »: what came back, what was decided and why; and the way to put a mistake
right. Who may see deliveries sees it; the whole address needs the right to see subscribers."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.views import InspectView

from home.models import User
from newsletter.addresses import masked
from newsletter.errors import LetterError
from newsletter.models.readers import JobRun
from newsletter.models.returns import Bounce
from newsletter.readers.audience_admin_base import CarefulIndex, NumberedAdmin
from newsletter.readers.audience_admin_filters import DayFilter, MailingFilter, SourceFilter
from newsletter.returns.mailbox import JOB
from newsletter.returns.restoring import is_restorable, restore

SEE_ADDRESS = "newsletter.view_subscriber"
SEE = ("newsletter.view_bounce", "newsletter.view_delivery", SEE_ADDRESS)
RESTORE = "newsletter.change_subscriber"
SUMMARY_DAYS = 30


class ReturnPermissions(PermissionHelper):
    """Read by who may see deliveries or readers; written by nobody."""

    def user_can_list(self, user: User) -> bool:
        return any(user.has_perm(permission) for permission in SEE)

    def user_can_inspect_obj(self, user: User, obj: object) -> bool:
        return self.user_can_list(user)

    def user_can_create(self, user: User) -> bool:
        return False

    def user_can_edit_obj(self, user: User, obj: object) -> bool:
        return False

    def user_can_delete_obj(self, user: User, obj: object) -> bool:
        return False


class ReturnIndex(CarefulIndex):
    """The list, with the last month in numbers and the last reading of the mailbox above it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        since = timezone.now() - timedelta(days=SUMMARY_DAYS)
        numbers = dict(
            Bounce.objects.filter(at__gte=since)
            .order_by()
            .values_list("kind")
            .annotate(number=Count("pk"))
        )
        kinds = [(label, numbers[kind]) for kind, label in Bounce.Kind.choices if kind in numbers]
        reading = JobRun.objects.filter(job=JOB).first()
        context = {"kinds": kinds, "days": SUMMARY_DAYS, "reading": reading}
        return super().get_context_data(**context, **kwargs)


class ReturnPage(InspectView):
    """One return, and the button that puts a mistake right."""

    page_title = "Retour"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, bounce = self.request.user, self.instance
        context = {
            "bounce": bounce,
            "address": shown_address(bounce, whole=user.has_perm(SEE_ADDRESS)),
            "may_see_reader": user.has_perm(SEE_ADDRESS) and bounce.subscriber_id,
            "is_restorable": user.has_perm(RESTORE) and is_restorable(bounce),
        }
        return super().get_context_data(**context, **kwargs)

    def get_meta_title(self) -> str:
        return "Retour"

    def get_page_subtitle(self) -> str:
        return f"{timezone.localtime(self.instance.at):%d/%m/%Y}"


class ReturnAdmin(NumberedAdmin):
    model = Bounce
    menu_label = "Retours"
    menu_icon = "rotate"
    add_to_admin_menu = False
    base_url_path = "retours"
    index_view_class = ReturnIndex
    inspect_view_class = ReturnPage
    inspect_view_enabled = True
    index_template_name = "newsletter/admin/returns.html"
    inspect_template_name = "newsletter/admin/returns_one.html"
    permission_helper_class = ReturnPermissions
    list_filter = (
        *("kind", "decision", ("source", SourceFilter)),
        *(MailingFilter, ("at", DayFilter)),
    )
    list_select_related = ("subscriber", "mailing", "mailing__issue", "mailing__bulletin")
    list_per_page = 50

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        who = "whole_address" if request.user.has_perm(SEE_ADDRESS) else "masked_address"
        # What the server said, in its English, is on the page of each.
        return ("at", who, "kind", "decision", "explanation", "campaign")

    def whole_address(self, bounce: Bounce) -> str:
        return shown_address(bounce, whole=True)

    whole_address.short_description = "adresse"

    def masked_address(self, bounce: Bounce) -> str:
        return shown_address(bounce, whole=False)

    masked_address.short_description = "adresse"

    def campaign(self, bounce: Bounce) -> str:
        return bounce.mailing.label if bounce.mailing else "–"

    campaign.short_description = "envoi"


def shown_address(bounce: Bounce, *, whole: bool) -> str:
    """« – » for a return that is nobody's."""
    if not bounce.subscriber:
        return "–"
    return bounce.subscriber.email if whole else masked(bounce.subscriber.email)


@require_POST
@permission_required(RESTORE, raise_exception=True)
def restore_view(request: HttpRequest, pk: int) -> HttpResponse:
    """« Rétablir l'abonnement »."""
    bounce = get_object_or_404(Bounce, pk=pk)
    if not ReturnPermissions(Bounce).user_can_list(request.user):
        raise Http404
    try:
        number = len(restore(bounce, request.user))
    except LetterError as error:
        messages.error(request, str(error))
    else:
        words = "L'abonnement est rétabli." if number == 1 else f"{number} abonnements rétablis."
        messages.success(request, words)
    return redirect("retours_modeladmin_inspect", pk)


urlpatterns: list[URLPattern] = [
    path("retours/<key:pk>/retablir/", restore_view, name="newsletter_restore"),
]
