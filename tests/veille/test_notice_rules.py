"""What the database itself refuses in a notice, whoever writes to it."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from home.models import HomePage
from tests.veille.factories import notice, organisation, person
from veille.models import (
    Contribution,
    Notice,
    NoticeIdentifier,
    NoticeLink,
    NoticePublisher,
    OtherDate,
    RelatedNotice,
)


@pytest.fixture
def page(home: HomePage) -> Notice:
    return notice(home)


def refused(model: type, **fields: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**fields)


def test_a_contribution_is_of_one_person_or_one_body(page: Notice) -> None:
    besson, nesta = person("Besson", "Raphaël"), organisation("Nesta")
    refused(Contribution, notice=page)
    refused(Contribution, notice=page, person=besson, organisation=nesta)
    Contribution.objects.create(notice=page, person=besson)
    Contribution.objects.create(notice=page, organisation=nesta)


def test_one_does_the_same_thing_once(page: Notice) -> None:
    besson, nesta = person("Besson", "Raphaël"), organisation("Nesta")
    Contribution.objects.create(notice=page, person=besson)
    refused(Contribution, notice=page, person=besson)
    Contribution.objects.create(notice=page, person=besson, role="preface")
    Contribution.objects.create(notice=page, organisation=nesta)
    refused(Contribution, notice=page, organisation=nesta)
    NoticePublisher.objects.create(notice=page, organisation=nesta)
    refused(NoticePublisher, notice=page, organisation=nesta)


def test_a_link_leads_somewhere_or_is_announced(page: Notice) -> None:
    refused(NoticeLink, notice=page, label="Rapport")
    NoticeLink.objects.create(notice=page, label="Rapport", coming_soon=True)
    NoticeLink.objects.create(notice=page, url="https://www.fnau.org/")


def test_a_notice_is_related_to_another_once_and_never_to_itself(page: Notice) -> None:
    other = notice(page.get_parent().get_parent().specific)
    refused(RelatedNotice, notice=page, related=page)
    RelatedNotice.objects.create(notice=page, related=other)
    refused(RelatedNotice, notice=page, related=other)


def test_an_identifier_has_a_value_and_stands_once(page: Notice) -> None:
    refused(NoticeIdentifier, notice=page, scheme="doi", value="")
    NoticeIdentifier.objects.create(notice=page, scheme="doi", value="10.7202/1030162ar")
    refused(NoticeIdentifier, notice=page, scheme="doi", value="10.7202/1030162ar")


def test_another_date_is_given(page: Notice) -> None:
    refused(OtherDate, notice=page, label="remis le", edtf="")


@pytest.mark.parametrize(
    "bounds",
    [
        {"date_min": "2018-12-31", "date_max": "2018-01-01"},
        {"date_min": "2018-01-01", "date_max": None},
        {"date_min": None, "date_max": "2018-01-01"},
    ],
)
def test_the_bounds_of_a_date_are_ordered_and_come_together(page: Notice, bounds: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=page.pk).update(**bounds)


def test_an_authority_that_a_notice_names_can_not_be_deleted(page: Notice) -> None:
    besson = person("Besson", "Raphaël")
    Contribution.objects.create(notice=page, person=besson)
    with pytest.raises(ProtectedError):
        besson.delete()


def test_notices_stand_in_their_shelf_only() -> None:
    assert Notice.parent_page_types == ["veille.NoticeIndexPage"]
    assert Notice.subpage_types == []
