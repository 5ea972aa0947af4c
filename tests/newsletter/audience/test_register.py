"""The consent register, its export, the journal of exports."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletter.models import ConsentEvent, Suppression
from newsletter.models.readers import DataExport
from newsletter.readers.exports import log_export
from tests.newsletter.audience.people import refused, somebody
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db
VIEW, EXPORT = "view_consentevent", "export_subscriber"


def event(address: str, kind: str = "requested", **fields: object) -> ConsentEvent:
    values = {"at": timezone.now(), "channel": "form", "wording": "J'accepte <b>tout</b>."}
    values |= {"wording_version": "2026-11", "page": "/abonnement/"} | fields
    return ConsentEvent.objects.create(subscription=reader(address), kind=kind, **values)


def body(client: Client, query: str = "") -> str:
    return client.get(f"{reverse('newsletter_register')}?{query}").content.decode()


def table(client: Client, **filters: str) -> list[str]:
    answer = client.post(reverse("newsletter_register_export"), filters)
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_each_event_is_shown_with_the_text_that_was_read(home: object):
    event("ana@exemple.fr")
    event("bob@exemple.fr", "imported", channel="import", provenance="Séminaire", wording="")
    seen = body(somebody(VIEW))
    assert "J&#x27;accepte &lt;b&gt;tout&lt;/b&gt;." in seen
    assert "Provenance\u00a0: Séminaire" in seen.replace("&nbsp;", "\u00a0")
    assert "2026-11" in seen
    assert "Exporter" not in seen


def test_it_is_filtered_by_kind_day_bulletin_and_one_address(home: object):
    other = bulletin("autre", title="Autre")
    event("ana@exemple.fr", at=timezone.now().replace(year=2020))
    event("bob@exemple.fr", "confirmed", channel="mail")
    ConsentEvent.objects.create(
        subscription=reader("eve@exemple.fr", to=other),
        **{"kind": "ended", "channel": "one-click", "at": timezone.now()},
    )
    client = somebody(VIEW)
    expected = {
        "": {"ana", "bob", "eve"},
        "kind=confirmed": {"bob"},
        "channel=one-click": {"eve"},
        "end=2020-12-31": {"ana"},
        "start=2021-01-01": {"bob", "eve"},
        f"bulletin={other.pk}": {"eve"},
        "email=BOB@Exemple.fr": {"bob"},
        "email=personne@exemple.fr": set(),
    }
    for query, names in expected.items():
        seen = body(client, query)
        found = {name for name in ("ana", "bob", "eve") if f"<td>{name}@exemple.fr" in seen}
        assert found == names, query


@pytest.mark.parametrize(
    "query",
    [
        *("kind=pirate", "start=hier", "bulletin=99999999999999999999999", "bulletin=x"),
        *("email=rien", "start=2021-01-01&end=2020-01-01", "start=2021-99-99"),
        "email=a%00b@c.fr",
    ],
)
def test_a_filter_that_means_nothing_is_named_and_shows_nobody(home: object, query: str):
    event("ana@exemple.fr")
    answer = somebody(VIEW).get(f"{reverse('newsletter_register')}?{query}")
    assert answer.status_code == 422
    assert "ana@exemple.fr" not in answer.content.decode()


def test_a_page_number_that_means_nothing_gives_a_page(home: object):
    event("ana@exemple.fr")
    client = somebody(VIEW)
    for number in ("zz", "-1", "9" * 30):
        assert "ana@exemple.fr" in body(client, f"p={number}")


def test_an_address_that_is_held_says_why(home: object):
    Suppression.objects.hold("parti@exemple.fr", Suppression.Reason.ERASURE)
    assert "effacement demandé" in body(somebody(VIEW), "email=parti@exemple.fr")


def test_the_register_costs_the_same_for_many(home: object, django_assert_num_queries):
    client = somebody(VIEW)
    event("l0@exemple.fr")
    body(client)
    with CaptureQueriesContext(connection) as few:
        body(client)
    for number in range(1, 20):
        event(f"l{number}@exemple.fr")
    with django_assert_num_queries(len(few)):
        body(client)


def test_an_export_is_safe_and_written_down_without_an_address(home: object):
    event("ana@exemple.fr", provenance="=HYPERLINK(1)", detail="+cmd")
    event("bob@exemple.fr", "confirmed")
    lines = table(somebody(VIEW, EXPORT, name="dpo"), kind="requested", email="ana@exemple.fr")
    assert len(lines) == 2
    assert lines[0].startswith("date;événement;adresse;bulletin;")
    assert "ana@exemple.fr" in lines[1]
    assert ";'=HYPERLINK(1);'+cmd;" in lines[1]
    noted = DataExport.objects.get()
    assert (noted.by.username, noted.what, noted.count) == ("dpo", "Registre des consentements", 1)
    assert noted.detail == "événement requested, adresse a•••@exemple.fr"


@pytest.mark.parametrize("rights", [(VIEW,), (EXPORT,), ("view_subscriber",)])
def test_carrying_it_away_needs_both_rights(home: object, rights: tuple[str, ...]):
    event("ana@exemple.fr")
    client = somebody(*rights)
    assert refused(client.post(reverse("newsletter_register_export")))
    assert client.get(reverse("newsletter_register_export")).status_code in {302, 403, 405}
    assert not DataExport.objects.exists()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("newsletter_register", "view_consentevent"),
        ("newsletter_exports", "view_dataexport"),
        ("newsletter_retention", "view_jobrun"),
        ("newsletter_processing", "view_consentevent"),
        ("newsletter_processing_file", "view_consentevent"),
    ],
)
def test_each_screen_has_its_right(home: object, name: str, right: str):
    url = reverse(name)
    others = {"view_consentevent", "view_dataexport", "view_jobrun", "view_subscriber"} - {right}
    assert refused(somebody(*sorted(others), name="autre").get(url))
    assert somebody(right, name="admise").get(url).status_code == 200
    assert refused(Client().get(url))


def test_the_journal_of_exports_tells_who_and_how_many(home: object):
    log_export(None, "Liste des abonnés", 1234, "commande")
    seen = somebody("view_dataexport").get(reverse("newsletter_exports")).content.decode()
    assert "Liste des abonnés" in seen
    assert "1\u202f234" in seen or "1\u00a0234" in seen


def test_the_command_writes_the_same_and_writes_it_down(home: object, tmp_path: object):
    event("ana@exemple.fr")
    out = StringIO()
    call_command("export_register", "--kind", "requested", stdout=out)
    assert "ana@exemple.fr" in out.getvalue()
    file = tmp_path / "registre.csv"
    call_command("export_register", "--to", "2020-01-01", "--output", str(file), stdout=StringIO())
    assert len(file.read_text("utf-8-sig").splitlines()) == 1
    assert list(DataExport.objects.values_list("by", "count")) == [(None, 0), (None, 1)]
    with pytest.raises(CommandError, match="n'existe pas"):
        call_command("export_register", "--bulletin", "inconnu")
    with pytest.raises(CommandError, match="précède"):
        call_command("export_register", "--from", "2021-01-01", "--to", "2020-01-01")
