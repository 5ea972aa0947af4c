"""Releasing an issue: who may, what the history keeps, a second person, later, and steering."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from wagtail.models import GroupPagePermission, PageLogEntry

from home.models import HomePage, User
from newsletter.engine.dispatch import start
from newsletter.engine.refusals import SamePersonError
from newsletter.models import Bulletin, Issue, Mailing
from newsletter.numbering import date_label
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.sink import Sink
from tests.veille.factories import notice


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("dispatch", "steering"):
        monkeypatch.setattr(f"newsletter.engine.{module}.ring", lambda mailing_id: True)
    # As if the task that prepares had run before the page is shown.
    monkeypatch.setattr("newsletter.engine.dispatch.request", start)


@pytest.fixture
def ready(home: HomePage) -> Issue:
    letter = bulletin(home)
    for number in range(3):
        reader(f"lecteur{number}@example.org", to=letter)
    return issue(letter, notice(home).pk)


def person(name: str, *, on: Bulletin | None = None, sends: bool = False) -> User:
    """Somebody who enters the admin; writes on the shelf of `on`; may send."""
    user = User.objects.create_user(name, f"{name}@example.org", "x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    if on:
        group = Group.objects.create(name=f"Groupe de {name}")
        GroupPagePermission.objects.create(group=group, page=on, permission_type="change")
        user.groups.add(group)
    if sends:
        user.user_permissions.add(Permission.objects.get(codename="send_issue"))
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, made: Issue, *more: str) -> str:
    return reverse(f"newsletter_{name}", args=[made.pk, *more])


def history(made: Issue) -> list[tuple[str, str]]:
    """(action, words) of the sending, oldest first."""
    entries = PageLogEntry.objects.filter(page=made.pk, action__startswith="newsletter.")
    return [(e.action.removeprefix("newsletter."), e.message) for e in entries.order_by("pk")]


def steer(client: Client, made: Issue, name: str) -> str:
    mailing = Mailing.objects.get(kind="issue")
    data = {"mailing": mailing.pk}
    return client.post(at("steer", made, name), data, follow=True).content.decode()


def test_an_editor_opens_the_panel_and_tests_but_does_not_send(
    ready: Issue, settings: Settings
) -> None:
    client = client_of(person("plume", on=ready.bulletin))
    text = client.get(at("sending", ready)).content.decode()
    assert "Votre compte prépare et essaie les numéros" in text
    assert at("send", ready) not in text
    assert at("schedule", ready) not in text
    for name in ("send", "schedule"):
        client.post(at(name, ready), {"day": "2099-01-01", "time": "09:00"})
    assert Mailing.objects.count() == 0
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        client.post(at("send_test", ready), {"addresses": "a@example.org, b@example.org"})
        assert sorted(sink.addresses) == ["a@example.org", "b@example.org"]
        assert sink.message("a@example.org")["Subject"].strip().startswith("[TEST]")
    assert history(ready) == [("test", "Essai envoyé à 2 adresses")]
    client.post(at("steer", ready, "annuler"))
    assert Mailing.objects.get().kind == "test"


def test_who_may_neither_edit_nor_send_tests_nothing(ready: Issue) -> None:
    client = client_of(person("passant"))
    for name in ("sending", "progress"):
        assert client.get(at(name, ready)).status_code == 302
    client.post(at("send_test", ready), {"addresses": "a@example.org"})
    assert Mailing.objects.count() == 0


def test_a_test_form_that_is_refused_keeps_what_was_typed(
    ready: Issue, admin_client: Client
) -> None:
    typed = {"addresses": "a@example.org, pas-une-adresse"}
    answer = admin_client.post(at("send_test", ready), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "«\u00a0pas-une-adresse\u00a0» n&#x27;est pas une adresse électronique." in text
    assert "a@example.org, pas-une-adresse</textarea>" in text
    assert Mailing.objects.count() == 0


def test_sending_now_is_in_the_history_with_its_count_and_no_address(
    ready: Issue, admin_client: Client, admin_user: User
) -> None:
    admin_client.post(at("send", ready))
    assert history(ready) == [("send", "Envoi lancé vers 3 abonnés")]
    entry = PageLogEntry.objects.get(page=ready.pk, action="newsletter.send")
    assert entry.user_id == admin_user.pk
    assert "example.org" not in str(entry.data)
    shown = admin_client.get(f"/admin/pages/{ready.pk}/history/").content.decode()
    assert "Envoi lancé vers 3 abonnés" in shown


def test_an_issue_is_scheduled_for_a_moment_of_paris(ready: Issue, admin_client: Client) -> None:
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    text = admin_client.post(
        at("schedule", ready), {"day": day, "time": "09:05"}, follow=True
    ).content.decode()
    mailing = Mailing.objects.get()
    local = timezone.localtime(mailing.scheduled_at, timezone.get_default_timezone())
    assert (mailing.state, local.isoformat()[:16]) == ("scheduled", f"{day}T09:05")
    words = f"{date_label(day)} à 9\u00a0h\u00a005"
    assert f"L&#x27;envoi est programmé pour le {words}, vers 3 abonnés." in text
    assert f"Départ prévu le <strong>{words}</strong>" in text
    assert history(ready) == [("schedule", f"Envoi programmé pour le {words}, vers 3 abonnés")]


def test_a_moment_that_is_refused_writes_nothing(ready: Issue, admin_client: Client) -> None:
    answer = admin_client.post(at("schedule", ready), {"day": "2020-01-01", "time": "09:00"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Ce moment est passé." in text
    assert 'value="2020-01-01"' in text
    assert Mailing.objects.count() == 0


def test_pause_resume_and_cancel_follow_the_state_and_are_told(
    ready: Issue, admin_client: Client
) -> None:
    admin_client.post(at("send", ready))
    assert "L&#x27;envoi est en pause\u00a0: 3 abonnés en attente." in steer(
        admin_client, ready, "pause"
    )
    assert "Seul un envoi programmé, prêt ou en cours" in steer(admin_client, ready, "pause")
    assert "L&#x27;envoi reprend." in steer(admin_client, ready, "reprendre")
    assert "L&#x27;envoi est annulé avant le premier abonné." in steer(
        admin_client, ready, "annuler"
    )
    assert history(ready)[1:] == [
        ("pause", "Envoi mis en pause"),
        ("resume", "Envoi repris"),
        ("cancel", "Envoi annulé avant d'atteindre 3 abonnés"),
    ]
    assert Mailing.objects.get().counts()["skipped"] == 3


def test_a_mailing_that_is_no_longer_the_one_on_the_screen_is_left_alone(
    ready: Issue, admin_client: Client
) -> None:
    admin_client.post(at("send", ready))
    stale = Mailing.objects.get().pk + 1
    answer = admin_client.post(at("steer", ready, "annuler"), {"mailing": stale}, follow=True)
    assert "Cet envoi n&#x27;existe plus" in answer.content.decode()
    assert Mailing.objects.get().state == "ready"


@pytest.mark.parametrize(
    ("name", "state", "action", "words"),
    [
        ("renvoyer", "failed", "retry", "Nouvel essai vers 2 adresses en échec"),
        ("liberer", "uncertain", "release", "Nouvel essai vers 2 abonnés au sort incertain"),
    ],
)
def test_what_failed_or_is_uncertain_is_tried_again_once(
    ready: Issue, admin_client: Client, name: str, state: str, action: str, words: str
) -> None:
    mailing, now = start(ready), timezone.now()
    mailing.deliveries.update(state="sent", begun_at=now, finished_at=now)
    some = list(mailing.deliveries.values_list("pk", flat=True)[:2])
    mailing.deliveries.filter(pk__in=some).update(state=state)
    Mailing.objects.update(state="sent", finished_at=now)
    assert "Nouvel essai vers 2 abonnés." in steer(admin_client, ready, name)
    assert "Il n&#x27;y avait rien à renvoyer." in steer(admin_client, ready, name)
    assert mailing.counts()["pending"] == 2
    assert history(ready)[1:] == [(action, words)]


def visible(text: str) -> list[str]:
    """The labels of the steering buttons that are shown."""
    items = text.split("<li data-states")[1:]
    return [i.split('secondary">')[1].split("<")[0] for i in items if "hidden>" not in i[:90]]


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("scheduled", ["Mettre en pause", "Annuler l&#x27;envoi…"]),
        ("sending", ["Mettre en pause", "Annuler l&#x27;envoi…"]),
        ("paused", ["Reprendre", "Annuler l&#x27;envoi…"]),
        ("sent", []),
    ],
)
def test_only_the_buttons_that_suit_the_state_are_shown(
    ready: Issue, admin_client: Client, state: str, labels: list[str]
) -> None:
    start(ready)
    later = timezone.now() + timedelta(days=2)
    Mailing.objects.update(state=state, scheduled_at=later, finished_at=timezone.now())
    assert visible(admin_client.get(at("sending", ready)).content.decode()) == labels


@pytest.mark.parametrize(("wanted", "refused"), [(True, True), (False, False)])
def test_a_second_person_sends_where_the_bulletin_wants_one(
    ready: Issue, admin_client: Client, admin_user: User, wanted: bool, refused: bool
) -> None:
    Bulletin.objects.update(needs_second_person=wanted)
    ready.save_revision(user=admin_user).publish(user=admin_user)
    text = admin_client.get(at("sending", ready)).content.decode()
    assert ("vous avez fait la dernière modification" in text) is refused
    assert (at("send", ready) in text) is not refused
    answer = admin_client.post(at("send", ready), follow=True).content.decode()
    assert Mailing.objects.count() == (0 if refused else 1)
    assert ("Ce bulletin demande une seconde personne" in answer) is refused


def test_it_is_who_changed_the_version_on_sale_that_counts(ready: Issue, admin_user: User) -> None:
    """Approving and publishing is no change; a later draft is not on sale; a command is nobody."""
    Bulletin.objects.update(needs_second_person=True)
    writer = person("plume", on=ready.bulletin, sends=True)
    ready.save_revision(user=writer).publish(user=admin_user)
    Issue.objects.get(pk=ready.pk).save_revision(user=admin_user)
    with pytest.raises(SamePersonError):
        start(ready, by=writer)
    assert (Mailing.objects.count(), history(ready)) == (0, [])
    assert start(ready, by=admin_user).created_by == admin_user


def test_a_command_is_nobody_and_the_history_says_so(ready: Issue, admin_user: User) -> None:
    Bulletin.objects.update(needs_second_person=True)
    ready.save_revision(user=admin_user).publish(user=admin_user)
    start(ready)
    entry = PageLogEntry.objects.get(page=ready.pk, action="newsletter.send")
    assert (entry.user_id, entry.message) == (None, "Envoi lancé vers 3 abonnés")
