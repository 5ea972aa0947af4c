"""Settling what a dead worker held, from its journal where that can be read.

What the relay accepted is sent; what it was never told of waits again; what had begun and was not
answered is `uncertain`, and only a person may release it. Where the journal is gone with its
machine, everything that the worker held is uncertain.
"""

import logging
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Coalesce

from newsletter.engine.claims import give_back, held
from newsletter.engine.journal import Fate, Journal, is_here, seize
from newsletter.engine.settling import forget_erased, settle_sent
from newsletter.models.claims import Claim
from newsletter.models.deliveries import Delivery, DeliveryQuerySet

logger = logging.getLogger(__name__)
State = Delivery.State
LEASES_FOR_ITS_HOST = 5  # a machine that comes back reads its own journals
STOPPED = "Le programme d'envoi s'est arrêté pendant ce message."
LOST = "La machine qui envoyait ce message a disparu avec son journal."
Counts = dict[str, int]


def rescue(now: datetime, mailing_id: int | None = None) -> Counts:
    """Settles the claims of dead workers (of one mailing, or of all); returns how many rows are now
    `sent`, `waiting` and `uncertain`. Two at once are safe."""
    lease = timedelta(seconds=settings.LETTER_LEASE_SECONDS)
    claims = Claim.objects.all()
    rows = Delivery.objects.filter(state=State.SUBMITTING)
    if mailing_id is not None:
        claims, rows = claims.filter(mailing_id=mailing_id), rows.filter(mailing_id=mailing_id)
    # Seen in the future: the clock was put back. Who lives says so again; who does not, ages.
    claims.filter(seen_at__gt=now + lease).update(seen_at=now)
    totals: Counts = {"sent": 0, "waiting": 0, "uncertain": 0}
    dead = 0
    for claim in claims:
        if found := _of_claim(claim, now, lease):
            dead += 1
            _add(totals, found)
            forget_erased(claim.mailing_id)
    for claim_id in _unknown_claims(rows, now - lease):
        dead += 1
        _add(totals, _without_claim(claim_id, now))
    if dead:
        logger.warning(
            "delivery.rescued claims=%s sent=%s waiting=%s uncertain=%s",
            dead,
            totals["sent"],
            totals["waiting"],
            totals["uncertain"],
        )
    return totals


def _of_claim(claim: Claim, now: datetime, lease: timedelta) -> Counts | None:
    """None: its worker may live."""
    if journal := seize(claim.pk):
        with closing(journal):
            found = _from_journal(claim.pk, journal, now)
            claim.delete()
            journal.discard()
            return found
    if is_here(claim.pk) or claim.seen_at >= now - LEASES_FOR_ITS_HOST * lease:
        return None
    found = _uncertain(held(claim.pk), now, LOST)
    claim.delete()
    return {"sent": 0, "waiting": 0, "uncertain": found}


def _from_journal(claim_id: UUID, journal: Journal, now: datetime) -> Counts:
    keys = set(held(claim_id).values_list("pk", flat=True))
    fates = journal.fates(keys)
    sent = [key for key in keys if fates.get(key) is Fate.ACCEPTED]
    begun = [key for key in keys if fates.get(key) is Fate.BEGUN]
    return {
        "sent": settle_sent(claim_id, sent, now),
        "uncertain": _uncertain(held(claim_id).filter(pk__in=begun), now, STOPPED),
        "waiting": give_back(claim_id),
    }


def _unknown_claims(rows: DeliveryQuerySet, silent_since: datetime) -> list[UUID]:
    """Claims of which only the rows speak (0.1 kept no other trace; a test being started has not
    yet), silent for a lease."""
    known = Claim.objects.filter(pk=OuterRef("claim_id"))
    orphans = rows.filter(~Exists(known), claim_id__isnull=False).order_by()
    found = list(orphans.values_list("claim_id", flat=True).distinct())
    latest = Max(Coalesce("finished_at", "begun_at", "claimed_at"))
    activity = Delivery.objects.filter(claim_id__in=found).order_by().values_list("claim_id")
    return [pk for pk, seen in activity.annotate(latest=latest) if seen < silent_since]


def _without_claim(claim_id: UUID, now: datetime) -> Counts:
    rows = held(claim_id)
    mailings = set(rows.values_list("mailing_id", flat=True))
    begun = rows.filter(begun_at__isnull=False)
    found = {
        "sent": 0,
        "uncertain": _uncertain(begun, now, STOPPED),
        "waiting": give_back(claim_id),
    }
    for mailing_id in mailings:
        forget_erased(mailing_id)
    return found


def _uncertain(rows: DeliveryQuerySet, now: datetime, why: str) -> int:
    return rows.update(
        state=State.UNCERTAIN,
        begun_at=Coalesce("begun_at", "claimed_at"),
        finished_at=now,
        tried_at=now,
        tries=F("tries") + 1,
        error=why,
    )


def _add(totals: Counts, found: Counts) -> None:
    for name, count in found.items():
        totals[name] += count
