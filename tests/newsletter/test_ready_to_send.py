"""A start refuses what the preflight refuses, whole; a test to oneself does not."""

import pytest
from pytest_django.fixtures import Settings

from newsletter.engine import dispatch, trials
from newsletter.models import Bulletin, LedgerEntry, Mailing
from tests.newsletter.sending import issue, readers
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_an_empty_issue_is_refused_with_the_report_and_leaves_nothing():
    page = issue(rubrics=[])
    readers(1)
    with pytest.raises(dispatch.NotReadyError, match="n'est pas bon à diffuser") as caught:
        dispatch.start(page)
    assert [finding.code for finding in caught.value.report.blocking] == ["empty"]
    assert not Mailing.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_every_finding_that_blocks_is_in_the_words_of_the_refusal():
    page = issue(rubrics=[])
    readers(1)
    Bulletin.objects.update(reply_to="")
    with pytest.raises(dispatch.NotReadyError) as caught:
        dispatch.start(page)
    assert str(caught.value) == (
        "Ce numéro n'est pas bon à diffuser\u00a0: Le bulletin n'a pas d'adresse de réponse. "
        "Ce numéro est vide\u00a0: il n'a ni page ni bloc libre."
    )


def test_a_warning_holds_nothing_back():
    page = issue(title="L'ÉTÉ DES TIERS-LIEUX")
    readers(1)
    assert dispatch.start(page).state == "ready"


def test_a_test_is_sent_of_an_issue_that_is_not_ready(settings: Settings):
    page = issue(rubrics=[], live=False)
    Bulletin.objects.update(reply_to="")
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        trials.send_test(page, ["moi@exemple.fr"])
        assert sink.addresses == ["moi@exemple.fr"]
