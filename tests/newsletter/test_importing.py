import pytest

from home.models import Topic
from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.readers.importing import ImportFileError, Report, import_subscribers
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db


def bring(text: str | bytes, provenance: str = "Séminaire du 12 mars") -> Report:
    content = text if isinstance(text, bytes) else text.encode()
    return import_subscribers(content, bulletin(), provenance)


def numbers(report: Report) -> tuple[int, int, int, int, int]:
    rejected = len(report.rejected)
    return report.read, report.created, report.already, report.suppressed, rejected


def test_addresses_are_subscribed_with_their_provenance():
    Topic.objects.create(name="Logement", slug="logement")
    report = bring(
        "email,name,organisation,topics\nA@Exemple.fr,Ana,Ville,logement;\nb@exemple.fr,,,\n"
    )
    assert numbers(report) == (2, 2, 0, 0, 0)
    first = Subscription.objects.get(subscriber__email="a@exemple.fr")
    assert (first.status, first.subscriber.name) == ("confirmed", "Ana")
    assert [topic.slug for topic in first.topics.all()] == ["logement"]
    event = first.events.get()
    assert (event.kind, event.channel) == ("imported", "import")
    assert event.provenance == "Séminaire du 12 mars"


def test_the_same_file_twice_changes_nothing():
    bring("email\na@exemple.fr\n")
    assert numbers(bring("email\na@exemple.fr\nA@EXEMPLE.FR\n")) == (2, 0, 2, 0, 0)
    assert ConsentEvent.objects.count() == 1


def test_who_left_was_erased_or_complained_stays_out():
    reader("parti@exemple.fr", "ended")
    Suppression.objects.hold("efface@exemple.fr", Suppression.Reason.ERASURE)
    Suppression.objects.hold("plainte@exemple.fr", Suppression.Reason.COMPLAINT)
    report = bring("email\nparti@exemple.fr\nefface@exemple.fr\nplainte@exemple.fr\n")
    assert numbers(report) == (3, 0, 0, 3, 0)
    assert Subscription.objects.get().status == "ended"
    assert Suppression.objects.count() == 2
    assert Subscriber.objects.count() == 1


def test_who_has_not_confirmed_is_not_confirmed_by_an_import():
    reader("attend@exemple.fr", "pending")
    assert numbers(bring("email\nattend@exemple.fr\n")) == (1, 0, 1, 0, 0)
    assert Subscription.objects.get().status == "pending"


def test_a_bad_line_is_named_and_the_others_come_in():
    text = "email,topics\nbon@exemple.fr,\npas une adresse,\n,\nx@exemple.fr,inconnu\na@b.fr,,,\n"
    report = bring(text)
    assert numbers(report) == (5, 1, 0, 0, 4)
    assert [item["line"] for item in report.rejected] == [3, 4, 5, 6]
    assert report.rejected[2]["reason"] == "Thème inconnu\u00a0: inconnu."


@pytest.mark.parametrize(
    "content",
    [
        "email;name\na@exemple.fr;Été\n".encode(),
        "email;name\r\na@exemple.fr;Été\r\n".encode("cp1252"),
        "\ufeffemail\tname\na@exemple.fr\tÉté\n".encode(),
        b'Email,Name\n"a@exemple.fr","\xc3\x89t\xc3\xa9"\n',
    ],
)
def test_what_spreadsheets_write_is_read(content: bytes):
    assert numbers(bring(content)) == (1, 1, 0, 0, 0)
    assert Subscriber.objects.get().name == "Été"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "email"),
        (b"nom,prenom\na,b\n", "email"),
        (b"email,secret\na@b.fr,x\n", "secret"),
        (b"email\n\0", "octets nuls"),
        (b"email\n\x81\x8d\xff", "encodage"),
        (b'email,name\na@b.fr,"jamais ferm\xc3\xa9\n', "mal formé"),
        (b"email\n" + b"x" * 21_000_000, "20"),
    ],
)
def test_an_unusable_file_writes_nothing(content: bytes, why: str):
    with pytest.raises(ImportFileError, match=why):
        bring(content)
    assert not Subscriber.objects.exists()


def test_a_provenance_is_required():
    with pytest.raises(ImportFileError, match="provenance"):
        bring("email\na@exemple.fr\n", " ")


def test_thousands_come_in_by_few_queries(django_assert_max_num_queries):
    text = "email\n" + "".join(f"l{n}@exemple.fr\n" for n in range(2000))
    bulletin()
    with django_assert_max_num_queries(80):
        assert numbers(bring(text)) == (2000, 2000, 0, 0, 0)
