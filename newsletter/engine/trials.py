"""A test: the message that readers would get, marked, to a few addresses, now."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from newsletter.addresses import AddressError, normalise
from newsletter.engine import steering
from newsletter.engine.delivery import send_claim
from newsletter.engine.dispatch import checked, store
from newsletter.engine.messages import TEST_PREFIX, TEST_TOKEN
from newsletter.engine.refusals import TestAddressError, TestNotSentError
from newsletter.engine.signing import check_ways_out
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.issues import Issue

if TYPE_CHECKING:
    from home.models import User

MAX_TEST_ADDRESSES = 20


def send_test(issue: Issue, addresses: list[str], by: "User | None" = None) -> Mailing:
    """Sends the same message, marked as a test, to `addresses`, now and in this process.

    The issue may be a draft. No reader's token is in it, and it counts for nothing.

    Raises:
        TestAddressError, NoSenderError, NoSubjectError, NoRelayError: nothing was sent.
        TestNotSentError: some did not leave; which and why.
    """
    check_ways_out()
    try:
        to = list(dict.fromkeys(normalise(address) for address in addresses))
    except AddressError as error:
        raise TestAddressError(f"Adresse d'essai\u00a0: {error}") from error
    if not to or len(to) > MAX_TEST_ADDRESSES:
        raise TestAddressError(f"Donnez entre une et {MAX_TEST_ADDRESSES} adresses d'essai.")
    rendered, now, claim_id = checked(issue), timezone.now(), uuid4()
    with transaction.atomic():
        mailing = Mailing.objects.create(
            kind=Mailing.Kind.TEST,
            state=Mailing.State.SENDING,
            issue=issue,
            bulletin=issue.bulletin,
            created_by=by,
            started_at=now,
        )
        content = store(mailing, rendered, TEST_PREFIX)
        row = {"content": content, "token": TEST_TOKEN, "claim_id": claim_id, "claimed_at": now}
        Delivery.objects.bulk_create(
            Delivery(mailing=mailing, email=email, state=Delivery.State.SUBMITTING, **row)
            for email in to
        )
    send_claim(mailing, claim_id, list(mailing.deliveries.all()))
    mailing.refresh_from_db()
    if left := list(mailing.deliveries.exclude(state=Delivery.State.SENT)):
        # A person waits for the answer: a test is not tried again behind their back.
        steering.abandon(mailing)
        why = left[0].error or "le serveur d'envoi ne répond pas"
        named = ", ".join(row.email for row in left)
        raise TestNotSentError(f"L'essai n'est pas parti vers {named}\u00a0: {why}.")
    record("test", mailing, by=by, count=len(to))
    return mailing
