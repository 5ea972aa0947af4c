"""A contact whose agreement ended long ago is forgotten, in the page and in its revisions."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision, Site

from home.models import HomePage, SiteSettings
from resources.contacts import forget_expired
from resources.models import CaseContact, CaseStudy, CaseStudyIndexPage

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def contact(name: str, expires_on: date) -> CaseContact:
    return CaseContact(
        name=name,
        email=f"{name.lower()}@exemple.fr",
        consent_on=expires_on - timedelta(days=300),
        expires_on=expires_on,
    )


@pytest.fixture
def study(home: HomePage) -> CaseStudy:
    shelf = home.add_child(instance=CaseStudyIndexPage(title="Retours", slug="retours"))
    page = CaseStudy(title="Une action", slug="une-action")
    page.contacts = [
        contact("Ancienne", TODAY - timedelta(days=200)),
        contact("Recente", TODAY - timedelta(days=100)),
        contact("Presente", TODAY + timedelta(days=100)),
    ]
    shelf.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_only_what_is_past_the_delay_is_forgotten_everywhere(study: CaseStudy) -> None:
    now = timezone.now()
    assert forget_expired(now, True) == 2  # one row of the page, one of its revision
    assert study.contacts.count() == 3
    assert forget_expired(now, False) == 2
    assert sorted(study.contacts.values_list("name", flat=True)) == ["Presente", "Recente"]
    kept = json.dumps(list(Revision.objects.values_list("content", flat=True)))
    assert "Ancienne" not in kept
    assert "ancienne@exemple.fr" not in kept
    assert "Recente" in kept
    assert forget_expired(now, False) == 0


def test_the_delay_is_that_of_the_settings(study: CaseStudy) -> None:
    site = Site.objects.get(is_default_site=True)
    SiteSettings.objects.update_or_create(site=site, defaults={"contact_months": 1})
    assert forget_expired(timezone.now(), False) == 4
    assert study.contacts.get().name == "Presente"
    page = CaseStudy.objects.get().get_latest_revision_as_object()
    assert [one.name for one in page.contacts.all()] == ["Presente"]
