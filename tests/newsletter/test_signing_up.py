"""The sign-up form against programs, haste, throw-away addresses, floods and curious eyes."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.models import Topic
from newsletter.models import ConsentEvent, ReaderMail, Subscriber, Subscription, Suppression
from newsletter.readers import mails
from newsletter.readers.forms import refused_domains
from newsletter.readers.preferences import Choices
from newsletter.readers.stamps import Age, age, stamp
from newsletter.readers.subscriptions import end, sign_up
from newsletter.readers.wordings import WORDING, WORDING_VERSION, WORDINGS
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db
TO = "jeanne@exemple.fr"


def ask(client: Client, email: str = TO, instant: str | None = None, **fields: object):
    given = stamp(time.time() - 60) if instant is None else instant
    return client.post("/abonnement/", {"email": email, "instant": given, **fields})


def mark_in(page: str) -> str:
    return re.search(r'name="instant" value="([^"]+)"', page)[1]


# Too soon, too late ---------------------------------------------------------------------


def test_the_age_of_a_form_is_read_from_the_form_alone(settings):
    now = 1_800_000_000.0
    hours = settings.SIGNUP_MAX_HOURS
    assert age(stamp(now - 1), now) is Age.EARLY
    assert age(stamp(now - 3), now) is Age.FAIR
    assert age(stamp(now - 3600 * hours), now) is Age.FAIR
    assert age(stamp(now - 3600 * hours - 1), now) is Age.STALE
    assert age(stamp(now + 3600), now) is Age.FAIR  # the clock was put back


@pytest.mark.parametrize("value", ["", "x", "1800000000:abc", "1800000000", "é", "\x00", ":" * 99])
def test_a_forged_mark_is_worth_none(value: str):
    assert age(value) is Age.STALE


def test_a_form_sent_at_once_comes_back_filled_and_may_be_sent_again(client: Client):
    bulletin()
    mark = stamp()
    response = ask(client, instant=mark)
    page = response.content.decode()
    assert response.status_code == 422
    assert "envoyé très vite" in page
    assert f'value="{TO}"' in page
    assert mark_in(page) == mark  # it ages: the second press passes
    assert not Subscription.objects.exists()
    assert ask(client, instant=stamp(time.time() - 3)).status_code == 200
    assert Subscription.objects.exists()


@pytest.mark.parametrize("old", [lambda: stamp(time.time() - 90_000), lambda: "", lambda: "faux"])
def test_a_form_kept_too_long_or_forged_comes_back_with_a_new_mark(client: Client, old):
    bulletin()
    response = ask(client, instant=old())
    page = response.content.decode()
    assert response.status_code == 422
    assert "ouvert depuis longtemps" in page
    assert age(mark_in(page)) is Age.EARLY
    assert not Subscription.objects.exists()


def test_every_form_of_the_site_bears_its_mark(client: Client, home):
    letter = bulletin()
    for path in ("/", letter.url, "/abonnement/"):
        assert age(mark_in(client.get(path).content.decode())) is Age.EARLY


# Throw-away addresses -------------------------------------------------------------------


def test_no_domain_is_refused_unless_the_centre_says_so(client: Client):
    bulletin()
    assert ask(client, "a@jetable.example").status_code == 200


def test_refused_domains_and_those_below_are_told_beside_the_field(
    client: Client, settings, tmp_path: Path
):
    bulletin()
    file = tmp_path / "domaines.txt"
    file.write_text("# jetables\nJetable.example\n\nautre.example # aussi\n", "utf-8")
    settings.SIGNUP_REFUSED_DOMAINS = str(file)
    for email in ("a@jetable.example", "a@sous.jetable.example", "A@AUTRE.example"):
        response = ask(client, email)
        assert response.status_code == 422
        assert "Cette adresse ne dure pas" in response.content.decode()
    assert ask(client, "a@nonjetable.example").status_code == 200
    settings.SIGNUP_REFUSED_DOMAINS = "x.example, y.example"
    assert ask(client, "a@y.example").status_code == 422
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["a@nonjetable.example"]


def test_a_list_that_can_not_be_read_refuses_nobody_and_is_told(caplog, tmp_path: Path):
    assert refused_domains(str(tmp_path / "absent.txt")) == frozenset()
    assert "signup.domains_unreadable reason=FileNotFoundError" in caplog.text


# Chosen at once -------------------------------------------------------------------------


def test_themes_and_frequency_may_be_chosen_at_once(client: Client):
    bulletin()
    one, two = (Topic.objects.create(name=name) for name in ("Santé", "Mobilités"))
    page = client.get("/abonnement/").content.decode()
    assert "<details" in page
    assert "<details open" not in page
    ask(client, frequency="monthly", topics=[one.pk, two.pk])
    subscription = Subscription.objects.get()
    assert subscription.frequency == "monthly"
    assert set(subscription.topics.all()) == {one, two}
    assert len(subscription.topics_key) == 16


def test_without_a_choice_every_issue_comes(client: Client):
    bulletin()
    ask(client)
    subscription = Subscription.objects.get()
    assert (subscription.frequency, subscription.topics_key) == ("issue", "")


@pytest.mark.parametrize(
    "fields", [{"frequency": "daily"}, {"topics": ["99999"]}, {"topics": ["x\0"]}, {"topics": "é"}]
)
def test_a_choice_that_does_not_exist_is_told_in_the_open_fold(client: Client, fields):
    bulletin()
    Topic.objects.create(name="Santé")
    response = ask(client, **fields)
    assert response.status_code == 422
    assert '<details class="fold" open' in response.content.decode()
    assert "form__error" in response.content.decode()
    assert not Subscription.objects.exists()


def test_a_bulletin_without_digests_offers_none_and_takes_none(client: Client):
    bulletin(offers_digests=False)
    assert "<details" not in client.get("/abonnement/").content.decode()
    ask(client, frequency="weekly")
    assert Subscription.objects.get().frequency == "issue"


def test_a_stranger_who_types_a_readers_address_changes_nothing_of_theirs():
    subscription = reader(TO)
    topic = Topic.objects.create(name="Santé")
    sign_up(TO, subscription.bulletin, "/", Choices("weekly", (topic,)))
    subscription.refresh_from_db()
    assert (subscription.frequency, subscription.status) == ("issue", "confirmed")
    assert not subscription.topics.exists()
    assert not subscription.events.exists()


def test_every_version_of_the_wording_is_kept_and_the_shown_one_is_the_last():
    assert WORDINGS[WORDING_VERSION] == WORDING
    assert all(WORDINGS.values())


# Curious eyes ---------------------------------------------------------------------------


def test_known_unknown_and_suppressed_cost_the_same_statements():
    letter, other = bulletin(), bulletin("autre", title="Autre")
    reader("lecteur@exemple.fr")
    reader("attend@exemple.fr", "pending")
    reader("parti@exemple.fr", "ended")
    reader("ailleurs@exemple.fr", to=other)
    Suppression.objects.hold("exclu@exemple.fr", Suppression.Reason.COMPLAINT)

    def writes(email: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sign_up(email, letter, "/abonnement/")
        words = [q["sql"].split("/*")[0].split('"')[:2] for q in asked]
        return sorted(f"{w[0].split(' ')[0]} {w[1]}" for w in words if w[0].startswith("INSERT"))

    known = {name: writes(f"{name}@exemple.fr") for name in ("lecteur", "attend", "parti")}
    known["ailleurs"] = writes("ailleurs@exemple.fr")
    suppressed, unknown = writes("exclu@exemple.fr"), writes("inconnu@exemple.fr")
    assert len(unknown) == 4
    assert suppressed == unknown
    assert set(map(tuple, known.values())) == {tuple(unknown)}
    assert not Subscriber.objects.filter(email__endswith=".invalid").exists()
    assert not Subscriber.objects.filter(email="exclu@exemple.fr").exists()


# Floods ---------------------------------------------------------------------------------


def test_one_victim_gets_three_mails_an_hour_and_six_a_day_whoever_asks():
    letter = bulletin()

    def flood(requests: int = 60) -> int:
        for rank in range(requests):
            cache.clear()  # as many networks as there are requests, or a cache that is down
            sign_up(TO, letter, "/abonnement/")
            if rank < 60:
                mails.post_due()
        mails.post_due()
        return len(mail.outbox)

    def an_hour_passes() -> None:
        ReaderMail.objects.update(created_at=F("created_at") - timedelta(minutes=61))

    assert flood(10_000) == 3
    an_hour_passes()
    assert flood() == 6
    an_hour_passes()
    assert flood() == 6
    assert ReaderMail.objects.count() == 6
    assert ConsentEvent.objects.filter(kind="requested").count() == 6
    ReaderMail.objects.update(created_at=F("created_at") - timedelta(days=1))
    assert flood() == 9


def test_the_share_of_an_address_is_that_of_all_bulletins_together():
    one, two = bulletin(), bulletin("autre", title="Autre")
    for letter in (one, two, one, two, one):
        sign_up(TO, letter, "/")
        mails.post_due()
    assert len(mail.outbox) == 3


def test_who_waits_for_a_mail_is_not_owed_a_second():
    letter = bulletin()
    for _ in range(5):
        sign_up(TO, letter, "/")
    assert ReaderMail.objects.count() == 1


def test_who_left_comes_back_with_no_reason_left_over():
    subscription = reader(TO, leave_reason="too-many")
    end(subscription, "mail")
    assert sign_up(TO, subscription.bulletin, "/").leave_reason == ""


# Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("jeanne+lettre@exemple.fr", "jeanne+lettre@exemple.fr"),
        ("jeanne@Été.Exemple", "jeanne@xn--t-9fab.exemple"),
        ("  o'neil@exemple.fr ", "o'neil@exemple.fr"),
    ],
)
def test_an_unusual_address_is_written_to(client: Client, typed: str, stored: str):
    bulletin()
    assert ask(client, typed).status_code == 200
    assert mails.post_due() == 1
    assert mail.outbox[0].to == [stored]


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 64 + "@" + "b" * 250 + ".fr",
        "jeanne@exemple.fr\r\nBcc: x@exemple.fr",
        "jeanne@exemple.fr\0",
        "jeanne@exemple.fr, autre@exemple.fr",
        "<jeanne@exemple.fr>",
        "jeanne\u202e@exemple.fr",
        "\u202ejeanne@exemple.fr",
    ],
)
def test_an_address_that_is_none_writes_nothing(client: Client, typed: str):
    bulletin()
    response = ask(client, typed)
    assert response.status_code == 422
    assert 'id="id_email_error"' in response.content.decode()
    assert not Subscriber.objects.exists()
    assert not ReaderMail.objects.exists()
