"""Rows in the hands of a worker that is no more, or is not one of ours."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from newsletter.engine import claims
from newsletter.engine.journal import Fate, open_journal
from newsletter.models import Mailing
from newsletter.models.claims import Claim


def claimed(mailing: Mailing, size: int, silent: timedelta = timedelta(0)) -> UUID:
    """A claim of `size` rows, without a journal on this machine."""
    claim_id, then = uuid4(), timezone.now() - silent
    claims.add_claim(mailing.pk, claim_id, 1, then)
    taken = claims.take(mailing, claim_id, size)
    assert len(taken.rows) == size
    claims.held(claim_id).update(claimed_at=then)
    return claim_id


def elsewhere(claim_id: UUID) -> None:
    """The worker was on another machine."""
    Claim.objects.filter(pk=claim_id).update(host="une-autre-machine")


def journal_of_the_dead(claim_id: UUID, fates: dict[int, list[Fate]]) -> None:
    """What the claim's worker had written when it died on this machine."""
    journal = open_journal(claim_id)
    for key, said in fates.items():
        for fate in said:
            journal.note(key, fate)
    journal.close()
