"""Whatever looks personal is declared: the record of processings says what is really stored."""

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import reverse
from wagtail.models import Site

from home.models import SiteSettings, User
from home.personal import holdings, not_personal, rules
from newsletter.models import Subscriber, Subscription
from newsletter.readers.processing_record import ABSENT, markdown, record
from tests.newsletter.audience.people import somebody
from tests.newsletter.sending import reader

LOOKS_PERSONAL = re.compile(
    r"mail|phone|name|address|person|author|user|owner|birth|(^|_)ip($|_)|_by$|token|postal|street"
)
# « mailing » is a letter, not an address.
IS_NOT = re.compile(r"^mailing$|^filename$|^codename$|^hostname$|^session_key$")
PEOPLE = (User, Subscriber, Subscription)


def personal_fields() -> set[str]:
    """« app.Model.field » of every field, of any installed model, that looks personal."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not field.concrete:
                continue
            named = LOOKS_PERSONAL.search(field.name) and not IS_NOT.search(field.name)
            leads = field.related_model in PEOPLE
            if (
                named
                or leads
                or isinstance(field, models.EmailField | models.GenericIPAddressField)
            ):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def declared_fields() -> set[str]:
    return {
        f"{model}.{field}"
        for one in holdings()
        for model, fields in one.fields.items()
        for field in fields
    }


def test_every_field_that_looks_personal_is_declared():
    known = declared_fields() | set(not_personal())
    missing = {
        name for name in personal_fields() - known if f"*.{name.rpartition('.')[2]}" not in known
    }
    assert sorted(missing) == [], "declare them in the app's personal_data.py"


def test_a_model_that_gains_an_address_is_seen(monkeypatch: pytest.MonkeyPatch):
    field = models.EmailField()
    field.set_attributes_from_name("second_email")
    monkeypatch.setattr(Subscriber._meta, "get_fields", lambda: [field])
    assert "newsletter.Subscriber.second_email" in personal_fields() - declared_fields()


def test_what_is_declared_exists():
    for one in holdings():
        for name, fields in one.fields.items():
            held = {field.name for field in apps.get_model(name)._meta.get_fields()}
            assert set(fields) <= held, name
    for name in not_personal():
        if not name.startswith("*"):
            model, _, field = name.rpartition(".")
            apps.get_model(model)._meta.get_field(field)


@pytest.mark.django_db
def test_each_processing_states_what_article_30_asks(home: object):
    for one in holdings():
        said = [one.title, one.purpose, one.people, one.recipients, one.source, one.basis()]
        assert all(said), one.title
        assert one.kept(), one.title
    keys = [rule.key for rule in rules()]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.django_db
def test_the_record_is_made_of_the_settings_and_rows_of_the_moment(home: object):
    site = Site.objects.get(is_default_site=True)
    values = {"retention_months": 5, "dpo_name": "Mme | Dupont", "dpo_email": "dpo@exemple.fr"}
    values |= {"legal_basis": "mission", "host_name": "Hébergeur\nSA"}
    SiteSettings.objects.update_or_create(site=site, defaults=values)
    for number in range(3):
        reader(f"l{number}@exemple.fr")
    out = StringIO()
    call_command("processing_record", stdout=out)
    text = out.getvalue()
    assert "Mme / Dupont, dpo@exemple.fr" in text
    assert "Mission d'intérêt public (RGPD, art. 6.1.e)" in text
    assert "anonymisés après 5\u00a0mois" in text
    assert "Hébergeur SA" in text
    assert re.search(r"^\| Abonnés \| adresse électronique, .* \| 3 \|$", text, re.M)
    assert ABSENT in text
    assert "l0@exemple.fr" not in text
    for one in holdings():
        assert f". {one.title}\n" in text


@pytest.mark.django_db
def test_the_screen_and_the_file_say_the_same(home: object):
    client = somebody("view_consentevent")
    seen = client.get(reverse("newsletter_processing")).content.decode()
    for one in holdings():
        assert one.title.replace("'", "&#x27;") in seen
    file = client.get(reverse("newsletter_processing_file")).content.decode()
    made = record()
    assert file.splitlines()[4:] == markdown(made).splitlines()[4:]
    assert "à compléter dans les réglages du centre" in file
