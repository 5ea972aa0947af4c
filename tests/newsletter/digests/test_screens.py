"""« Résumés » in the admin: who may, what is said of the digests to come and of those that left."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.models import User
from newsletter.models import Mailing
from newsletter.periods import coming
from newsletter.readers.combinations import key_of
from tests.newsletter.digests.samples import PARIS, follower, page, sent, themes
from tests.newsletter.sending import bulletin, reader, states

pytestmark = pytest.mark.django_db


def allowed(client: Client, *names: str) -> Client:
    user = User.objects.create_user("lea", password="x")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *names]))
    client.force_login(user)
    return client


@pytest.fixture
def sender(client: Client) -> Client:
    return allowed(client, "send_issue")


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Mailing:
    """A digest that is ready, with one reader."""
    monkeypatch.setattr("newsletter.readers.digests.runs.ring", lambda pk: True)
    monkeypatch.setattr("newsletter.engine.steering.ring", lambda pk: True)
    page("Chaleur en ville")
    follower("a@exemple.fr")
    return sent()


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def now_in_the_window():
    """An instant of the week that leaves next."""
    return coming("weekly", timezone.now(), 7, PARIS).bounds(PARIS)[0]


def test_the_screen_tells_of_the_coming_runs(sender: Client) -> None:
    tree = themes(Climat="", Sport="", Culture="")
    page("Chaleur en ville", "Climat", at=now_in_the_window())
    follower("a@exemple.fr", tree["Climat"], tree["Sport"])
    follower("b@exemple.fr", tree["Climat"], tree["Sport"])
    follower("c@exemple.fr", tree["Culture"])
    reader("numero@exemple.fr")
    text = text_of(sender, "newsletter_digests")
    assert coming("weekly", timezone.now(), 7, PARIS).label in text
    assert "Climat, Sport" in text
    assert "2 lecteurs sur 3 recevraient quelque chose, en 1 courriel différent." in text
    assert "Rien à envoyer" in text
    assert "Aucun lecteur n'a choisi ce résumé" in text  # the monthly one
    assert "il ne porte que des pages déjà publiées" in text
    assert "Aucun résumé n'est encore parti." in text
    assert "@exemple.fr" not in text


def test_the_menu_shows_it_to_who_may_send_only(client: Client) -> None:
    url = reverse("newsletter_digests")
    home = reverse("wagtailadmin_home")
    assert f'"{url}"' in allowed(client, "send_issue").get(home).content.decode()
    User.objects.all().delete()
    assert f'"{url}"' not in allowed(client, "export_subscriber").get(home).content.decode()


def test_the_screen_costs_the_same_for_one_combination_and_for_thirty(
    sender: Client, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    tree = themes(**{f"Thème {n}": "" for n in range(30)})
    page("Une", "Thème 0", at=now_in_the_window())
    follower("a@exemple.fr", tree["Thème 0"])
    sender.get(reverse("newsletter_digests"))
    with django_assert_max_num_queries(80) as first:
        sender.get(reverse("newsletter_digests"))
    for n, topic in enumerate(tree.values()):
        follower(f"l{n}@exemple.fr", topic, tree["Thème 3"])
    with django_assert_num_queries(len(first)):
        text = text_of(sender, "newsletter_digests")
    assert "Et 6 combinaisons moins choisies." in text


def test_a_combination_is_seen_as_its_mail_in_a_sandboxed_frame(sender: Client) -> None:
    tree = themes(Climat="", Sport="")
    page("Chaleur en ville", "Climat", at=now_in_the_window())
    page("Le stade", "Sport", at=now_in_the_window())
    follower("a@exemple.fr", tree["Climat"])
    letter, key = bulletin().pk, key_of([tree["Climat"].pk])
    text = text_of(sender, "newsletter_digest_preview", letter, "weekly", key)
    assert "<iframe" in text
    assert " sandbox " in text
    assert "<strong>Climat</strong>&nbsp;: 1 lecteur." in text
    url = reverse("newsletter_digest_frame", args=[letter, "weekly", key, "courriel-600"])
    assert url in text
    answer = sender.get(url)
    assert "Chaleur en ville" in answer.content.decode()
    assert "Le stade" not in answer.content.decode()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    plain = sender.get(reverse("newsletter_digest_frame", args=[letter, "weekly", "all", "texte"]))
    assert plain["Content-Type"].startswith("text/plain")
    assert "Le stade" in plain.content.decode()
    assert not Mailing.objects.exists()


def test_an_empty_combination_says_that_it_would_not_leave(sender: Client) -> None:
    letter = bulletin().pk
    text = text_of(sender, "newsletter_digest_preview", letter, "monthly", "all")
    assert "ce courriel ne partirait pas" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("weekly", "0123456789abcdef", "courriel-600"),
        ("issue", "all", "courriel-600"),
        ("weekly", "all", "pdf"),
        ("weekly", "all", "web"),
    ],
)
def test_what_nobody_chose_is_not_found(sender: Client, arguments: tuple[str, ...]) -> None:
    url = reverse("newsletter_digest_frame", args=[bulletin().pk, *arguments])
    assert sender.get(url).status_code == 404


def test_a_bulletin_that_offers_none_is_not_shown(sender: Client) -> None:
    letter = bulletin(offers_digests=False)
    assert "Aucun bulletin publié n'offre de résumés" in text_of(sender, "newsletter_digests")
    url = reverse("newsletter_digest_preview", args=[letter.pk, "weekly", "all"])
    assert sender.get(url).status_code == 404


def test_a_digest_that_left_has_its_page_and_its_progress(sender: Client, left: Mailing) -> None:
    text = text_of(sender, "newsletter_digests")
    url = reverse("newsletter_digest_sending", args=[left.pk])
    assert f'<a href="{url}">{left.label}</a>' in text
    text = text_of(sender, "newsletter_digest_sending", left.pk)
    assert "Mettre en pause" in text
    assert "ce résumé ne sera pas refait" in text
    assert "le numéro pourra" not in text
    data = sender.get(reverse("newsletter_digest_progress", args=[left.pk])).json()
    assert (data["state"], data["total"], data["pending"]) == ("ready", 1, 1)


def test_it_is_steered_like_an_issue(sender: Client, left: Mailing) -> None:
    def press(name: str) -> str:
        url = reverse("newsletter_digest_steer", args=[left.pk, name])
        assert sender.post(url).status_code == 302
        left.refresh_from_db()
        return left.state

    assert press("pause") == "paused"
    assert press("reprendre") == "ready"
    assert press("annuler") == "cancelled"
    assert states(left) == {"a@exemple.fr": "skipped"}
    assert press("reprendre") == "cancelled"
    url = reverse("newsletter_digest_steer", args=[left.pk, "exploser"])
    assert sender.post(url).status_code == 404


def test_a_get_steers_nothing_and_an_issue_is_not_a_digest(sender: Client, left: Mailing) -> None:
    url = reverse("newsletter_digest_steer", args=[left.pk, "annuler"])
    assert sender.get(url).status_code == 405
    left.refresh_from_db()
    assert left.state == "ready"
    assert sender.post(reverse("newsletter_digest_steer", args=[10**9, "pause"])).status_code == 404
    for pk in (10**9, 10**17):
        assert sender.get(reverse("newsletter_digest_sending", args=[pk])).status_code == 404
        preview = reverse("newsletter_digest_preview", args=[pk, "weekly", "all"])
        assert sender.get(preview).status_code == 404


def test_without_the_permission_nothing_is_shown_nor_done(client: Client, left: Mailing) -> None:
    other = allowed(client, "export_subscriber", "view_subscriber")
    letter = left.bulletin_id
    for name, args in [
        ("newsletter_digests", []),
        ("newsletter_digest_preview", [letter, "weekly", "all"]),
        ("newsletter_digest_frame", [letter, "weekly", "all", "texte"]),
        ("newsletter_digest_sending", [left.pk]),
        ("newsletter_digest_progress", [left.pk]),
    ]:
        answer = other.get(reverse(name, args=args))
        assert answer.status_code in (302, 403)
        assert b"Chaleur" not in answer.content
    other.post(reverse("newsletter_digest_steer", args=[left.pk, "annuler"]))
    left.refresh_from_db()
    assert left.state == "ready"


def test_the_list_of_mailings_and_its_filters_know_digests(
    admin_client: Client, left: Mailing
) -> None:
    answer = admin_client.get("/admin/envois/")
    if answer.status_code == 404:
        answer = admin_client.get("/admin/newsletter/mailing/")
    assert left.label in answer.content.decode()
    assert admin_client.get("/admin/lignes-d-envoi/").status_code == 200
