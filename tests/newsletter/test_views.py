import time

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from newsletter.models import ConsentEvent, ReaderMail, Subscription, Suppression
from newsletter.readers import mails
from newsletter.readers.limits import visitor, within_limit
from newsletter.readers.stamps import stamp
from tests.newsletter.sending import bulletin, reader
from tests.sink import free_port

pytestmark = pytest.mark.django_db
TO = "jeanne@exemple.fr"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def ask(client: Client, email: str = TO, **fields: str):
    """As a person does, some time after they were given the form."""
    given = {"email": email, "site_web": "", "instant": stamp(time.time() - 60)}
    return client.post("/abonnement/", given | fields)


def test_the_form_shows_the_bulletin_the_wording_and_a_labelled_field(client: Client):
    bulletin()
    page = client.get("/abonnement/").content.decode()
    assert "S'abonner à «&nbsp;En quelques clics&nbsp;»" in page
    assert '<label for="id_email">' in page
    assert 'autocomplete="email"' in page
    assert "je peux me désabonner à tout moment" in page.replace("&#x27;", "'")
    assert "csrfmiddlewaretoken" in page


def test_signing_up_answers_the_same_for_the_unknown_the_known_and_the_suppressed(client: Client):
    reader("connu@exemple.fr")
    reader("parti@exemple.fr", "ended")
    Suppression.objects.hold("exclu@exemple.fr", Suppression.Reason.COMPLAINT)
    pages = set()
    for name in ("nouveau", "connu", "parti", "exclu"):
        response = ask(client, f"{name}@exemple.fr")
        assert response.status_code == 200
        pages.add(response.content.decode().replace(name, "N"))
    assert len(pages) == 1
    assert mail.outbox == []
    assert mails.post_due() == 3
    assert len(mail.outbox) == 3


def test_a_program_that_fills_the_trap_gets_the_same_page_and_nothing_else(client: Client):
    bulletin()
    response = ask(client, site_web="https://spam.example")
    assert "Vérifiez votre messagerie" in response.content.decode()
    assert not Subscription.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    "email", ["", "pas une adresse", "a@b\nBcc: c@d.fr", "x" * 5000, "a\0@b.fr", "🙂@exemple.fr"]
)
def test_an_unusable_address_is_told_beside_its_field(client: Client, email: str):
    bulletin()
    response = ask(client, email)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'aria-invalid="true"' in page
    assert 'id="id_email_error"' in page
    assert "Erreur –" in page
    assert mail.outbox == []


def test_signing_up_needs_the_csrf_token():
    bulletin()
    assert ask(Client(enforce_csrf_checks=True)).status_code == 403


def test_without_a_bulletin_nobody_is_subscribed(client: Client, home):
    assert ask(client).status_code == 422
    assert client.get("/abonnement/").status_code == 200


def test_one_may_choose_among_several_bulletins(client: Client):
    first, second = bulletin(), bulletin("autre", title="Autre")
    assert "<select" in client.get("/abonnement/").content.decode()
    ask(client, bulletin="autre")
    ask(client, "b@exemple.fr")
    assert ask(client, bulletin="inconnu").status_code == 422
    assert list(Subscription.objects.order_by("pk").values_list("bulletin", flat=True)) == [
        second.pk,
        first.pk,
    ]


def test_the_thirty_first_request_of_an_hour_is_refused_and_slips_do_not_count(client: Client):
    bulletin()
    assert {ask(client, "faux@").status_code for _ in range(40)} == {422}
    answers = [ask(client, f"l{n}@exemple.fr").status_code for n in range(31)]
    assert answers == [200] * 30 + [429]
    assert Subscription.objects.count() == 30


def test_an_address_is_written_to_three_times_an_hour_at_most(client: Client):
    bulletin()
    for _ in range(5):
        assert ask(client).status_code == 200
        mails.post_due()
    assert len(mail.outbox) == 3


def test_a_relay_that_is_away_delays_the_mail_and_refuses_nobody(client: Client, settings):
    bulletin()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    assert ask(client).status_code == 200
    assert mails.post_due() == 0
    row = ReaderMail.objects.get()
    assert (row.state, row.tries, row.sent_at) == ("pending", 1, None)
    assert row.next_try_at is not None
    settings.EMAIL_BACKEND = backend
    ask(client)  # hastens the one that waits
    assert mails.post_due() == 1
    assert len(mail.outbox) == 1


def test_following_the_link_shows_a_button_and_pressing_it_confirms(client: Client):
    bulletin()
    ask(client)
    subscription = Subscription.objects.get()
    url = f"/abonnement/confirmer/{subscription.confirmation_token}/"
    for method in (client.get, client.head, client.get):
        assert method(url).status_code == 200
    assert Subscription.objects.get().status == "pending"
    assert "j•••@exemple.fr" in client.get(url).content.decode()
    stranger = Client(enforce_csrf_checks=True)
    assert "Abonnement confirmé" in stranger.post(url).content.decode()
    assert Subscription.objects.get().status == "confirmed"
    assert stranger.post(url).status_code == 200
    assert ConsentEvent.objects.filter(kind="confirmed").count() == 1


def test_looking_at_the_way_out_ends_nothing(client: Client):
    subscription = reader(TO)
    url = f"/d/{subscription.token}"
    page = client.get(url)
    assert (page.status_code, client.head(url).status_code) == (200, 200)
    assert "j•••@exemple.fr" in page.content.decode()
    assert "<button" in page.content.decode()
    assert TO not in page.content.decode()
    assert client.options(url).status_code == 405
    assert client.put(url).status_code == 405
    assert Subscription.objects.get().status == "confirmed"
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_answers_200_twice_without_cookie_redirect_or_csrf(encoding: str):
    subscription = reader(TO)
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        if encoding.startswith("multipart"):
            response = stranger.post(f"/d/{subscription.token}", ONE_CLICK)
        else:
            response = stranger.post(
                f"/d/{subscription.token}",
                "List-Unsubscribe=One-Click",
                content_type=encoding,
            )
        assert response.status_code == 200
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.cookies == {}
    assert Subscription.objects.get().status == "ended"
    assert list(ConsentEvent.objects.values_list("kind", "channel")) == [("ended", "one-click")]


def test_a_person_who_presses_the_button_sees_that_it_is_done(client: Client):
    subscription = reader(TO)
    response = Client(enforce_csrf_checks=True).post(f"/d/{subscription.token}")
    assert response.status_code == 200
    assert "Désabonnement enregistré" in response.content.decode()
    assert ConsentEvent.objects.get().channel == "mail"
    assert "Désabonnement enregistré" in client.get(f"/d/{subscription.token}").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/d/inconnu",
        "/d/" + "a" * 3000,
        "/d/%00",
        "/d/%F0%9F%99%82",
        "/d/'%20OR%201=1",
        "/abonnement/confirmer/inconnu/",
        "/abonnement/preferences/inconnu/",
    ],
)
def test_a_malformed_or_unknown_token_is_a_french_404(client: Client, home, path: str):
    response = client.get(path)
    assert response.status_code == 404
    assert "Lien inutilisable" in response.content.decode()


def test_one_click_on_an_unknown_token_is_a_404_in_plain_text(client: Client, home):
    response = client.post("/d/inconnu", ONE_CLICK)
    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")


def test_a_late_confirmation_is_gone(client: Client, settings):
    settings.SUBSCRIPTION_CONFIRM_DAYS = 0
    subscription = reader(TO, "pending")
    url = f"/abonnement/confirmer/{subscription.confirmation_token}/"
    assert client.get(url).status_code == 410
    assert client.post(url).status_code == 410
    assert Subscription.objects.get().status == "pending"


def test_the_link_of_a_test_message_explains_itself_and_ends_nothing(client: Client, home):
    reader(TO)
    assert "message d'essai" in client.get("/d/essai").content.decode()
    assert client.post("/d/essai", ONE_CLICK).status_code == 200
    assert Subscription.objects.get().status == "confirmed"


def test_preferences_show_the_state_and_the_way_out(client: Client):
    subscription = reader(TO)
    page = client.get(f"/abonnement/preferences/{subscription.token}/").content.decode()
    assert "Confirmé" in page
    assert f'action="/d/{subscription.token}"' in page
    assert TO not in page
    subscription.refresh_from_db()
    assert subscription.status == "confirmed"


def test_pages_reached_from_a_mail_are_private(client: Client):
    subscription = reader(TO)
    response = client.get(f"/d/{subscription.token}")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "pas une adresse", "127.0.0.1"),
        ("", "198.51.100.7", "198.51.100.7"),
    ],
)
def test_only_a_proxy_of_ours_says_who_visits(rf, peer: str, forwarded: str, found: str):
    request = rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    assert visitor(request) == found


def test_the_count_of_a_visitor_holds_no_address():
    within_limit("visitor", "203.0.113.9", 1)
    assert not any("203.0.113" in key for key in cache._cache)
    assert not within_limit("visitor", "203.0.113.9", 1)
