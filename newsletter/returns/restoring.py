"""An editor puts right a subscription that a return ended by mistake."""

import logging

from django.db import transaction
from django.utils import timezone

from home.models import User
from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression
from newsletter.returns.wording import sentence

logger = logging.getLogger(__name__)
Status, EndReason = Subscription.Status, Subscription.EndReason
BARRING = (Suppression.Reason.COMPLAINT, Suppression.Reason.ADMIN)


class NotRestorableError(LetterError):
    """Nothing that a return ended stands to be put right."""

    def __init__(self) -> None:
        super().__init__("Aucun abonnement terminé par un retour n'est à rétablir ici.")


class BarredError(LetterError):
    """The reader complained, or the centre decided: a return has nothing to do with it."""

    def __init__(self) -> None:
        super().__init__(
            "Cette adresse est exclue par une plainte ou par le centre\u00a0: "
            "l'abonnement ne peut pas être rétabli."
        )


def is_restorable(bounce: Bounce) -> bool:
    """Whether the button has something to do, said without locking."""
    return bool(
        bounce.subscriber_id
        and bounce.decision == Bounce.Decision.ENDED
        and bounce.kind != Bounce.Kind.COMPLAINT
        and _ended(bounce.subscriber_id).exists()
    )


@transaction.atomic
def restore(bounce: Bounce, user: User) -> list[Subscription]:
    """Opens again what returns ended, lifts the dead address' suppression, and forgets the earlier
    refusals, so that the next one does not end it at once.

    The consent was never taken back: it keeps its date, and its proof gains a correction.

    Raises:
        NotRestorableError, BarredError.
    """
    subscriber = Subscriber.objects.select_for_update().filter(pk=bounce.subscriber_id).first()
    if subscriber is None or not is_restorable(bounce):
        raise NotRestorableError
    held = Suppression.objects.filter(address_hash=Suppression.objects.hash_of(subscriber.email))
    if held.filter(reason__in=BARRING).exists():
        raise BarredError
    ended = list(_ended(subscriber.pk))
    for one in ended:
        one.status = Status.CONFIRMED if one.confirmed_at else Status.PENDING
        one.ended_at, one.end_reason = None, EndReason.NONE
        one.save(update_fields=["status", "ended_at", "end_reason"])
        ConsentEvent.objects.create(
            subscription=one,
            kind=ConsentEvent.Kind.CORRECTED,
            at=timezone.now(),
            channel=ConsentEvent.Channel.ADMIN,
            detail=f"Rétabli par {user.get_username()}\u00a0: retour sans rapport"[:255],
        )
    held.filter(reason=Suppression.Reason.BOUNCE).delete()
    blamed = Bounce.objects.filter(
        subscriber=subscriber, kind__in=[Bounce.Kind.HARD, Bounce.Kind.SOFT]
    )
    blamed.exclude(decision=Bounce.Decision.NONE).update(
        decision=Bounce.Decision.NONE, explanation=sentence("restored")
    )
    logger.info("returns.restored subscriber=%s user=%s", subscriber.pk, user.pk)
    return ended


def _ended(subscriber_id: int):  # type: ignore[no-untyped-def]
    return Subscription.objects.filter(
        subscriber=subscriber_id, status=Status.ENDED, end_reason=EndReason.BOUNCE
    )
