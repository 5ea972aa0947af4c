"""The screen « Retours »: who sees what, and the button that puts a mistake right."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from home.models import User
from newsletter.models import Bounce, Delivery, JobRun, Suppression
from newsletter.readers.subscriptions import end
from newsletter.returns.decisions import handle
from tests.newsletter.returns.coming_back import ADDRESS, complaint, dsn, long_before, sent
from tests.newsletter.sending import reader

pytestmark = pytest.mark.django_db
LIST = "/admin/retours/"
BUTTON = "Rétablir l'abonnement"


@pytest.fixture
def delivery(home) -> Delivery:
    return sent()


def account(*permissions: str) -> Client:
    user = User.objects.create_user("-".join(permissions)[:100] or "personne", password="x")
    names = ["access_admin", *permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, bounce: Bounce) -> str:
    return client.get(f"{LIST}inspect/{bounce.pk}/").content.decode()


def restore(client: Client, bounce: Bounce):
    return client.post(f"/admin/retours/{bounce.pk}/retablir/")


def status(delivery: Delivery) -> str:
    delivery.subscription.refresh_from_db()
    return delivery.subscription.status


def test_who_sees_deliveries_sees_masked_addresses_and_why(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    client = account("view_delivery")
    for text in (client.get(LIST).content.decode(), page(client, bounce)):
        assert "j•••@exemple.fr" in text
        assert ADDRESS not in text
        assert "n&#x27;existe pas ou plus" in text
    assert BUTTON not in page(client, bounce)


def test_who_sees_readers_sees_whole_addresses(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    client = account("view_subscriber")
    assert ADDRESS in client.get(LIST).content.decode()
    assert ADDRESS in page(client, bounce)
    assert BUTTON not in page(client, bounce)


def test_nobody_else_sees_anything(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    client = account("add_image")
    for url in (LIST, f"{LIST}inspect/{bounce.pk}/"):
        answer = client.get(url)
        assert answer.status_code in {302, 403}
        assert b"exemple.fr" not in answer.content


@pytest.mark.parametrize("action", ["create/", "edit/{}/", "delete/{}/"])
def test_a_return_is_neither_written_nor_deleted_by_hand(
    delivery: Delivery, admin_client: Client, action: str
):
    bounce = handle(dsn(delivery)).bounce
    assert admin_client.post(LIST + action.format(bounce.pk)).status_code != 200
    assert Bounce.objects.count() == 1


def test_filters_and_the_month_in_numbers(delivery: Delivery, admin_client: Client):
    handle(dsn(delivery, "5.7.1", "spam de trop"))
    handle(dsn(delivery, "5.2.2", "boite au bord", name="deux"))
    JobRun.objects.create(job="mailbox", started_at=long_before(), error="La boîte dort")
    whole = admin_client.get(LIST).content.decode()
    assert "refus passager 1, refus de notre courrier 1." in whole
    assert "La boîte dort" in whole
    soft = admin_client.get(f"{LIST}?kind__exact=soft").content.decode()
    refused, full = Bounce.objects.get(kind="policy"), Bounce.objects.get(kind="soft")
    assert f"inspect/{full.pk}/" in soft
    assert f"inspect/{refused.pk}/" not in soft
    assert "Par par" not in whole
    assert "Par le" not in whole
    mailing = admin_client.get(f"{LIST}?envoi={delivery.mailing_id}").content.decode()
    assert f"inspect/{full.pk}/" in mailing
    assert admin_client.get(f"{LIST}?decision__exact=none").status_code == 200
    assert admin_client.get(f"{LIST}?at__gte=zzz").status_code in {200, 302}


def test_the_list_costs_the_same_for_many(
    delivery: Delivery, admin_client: Client, django_assert_max_num_queries
):
    handle(dsn(delivery, "5.7.1", "x"))
    admin_client.get(LIST)
    with django_assert_max_num_queries(40) as few:
        admin_client.get(LIST)
    for number in range(12):
        other = sent(reader(f"l{number}@exemple.fr", confirmed_at=long_before()), number=3)
        handle(dsn(other, "5.7.1", "x", name=f"{number}", recipient=other.email))
    with django_assert_max_num_queries(len(few)):
        admin_client.get(LIST)


def test_what_a_server_said_is_escaped(delivery: Delivery, admin_client: Client):
    bounce = handle(dsn(delivery, said="550 5.1.1 <script>alert(1)</script>")).bounce
    text = page(admin_client, bounce)
    assert "<script>alert(1)" not in text + admin_client.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "ce/cette" not in text


def test_a_mistake_is_put_right(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    client = account("view_subscriber", "change_subscriber")
    assert BUTTON in page(client, bounce)
    assert restore(client, bounce).url == f"{LIST}inspect/{bounce.pk}/"
    assert status(delivery) == "confirmed"
    assert delivery.subscription.end_reason == ""
    assert not Suppression.objects.exists()
    event = delivery.subscription.events.first()
    assert (event.kind, event.channel) == ("corrected", "admin")
    assert event.detail.startswith("Rétabli par ")
    bounce.refresh_from_db()
    assert (bounce.decision, bounce.explanation[:6]) == ("none", "Annulé")
    assert BUTTON not in page(client, bounce)
    # Twice: nothing more happens.
    restore(client, bounce)
    assert delivery.subscription.events.count() == 2


def test_restoring_is_a_post_with_a_token_by_who_may_change_readers(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    url = f"/admin/retours/{bounce.pk}/retablir/"
    for client in (account("view_subscriber"), account("view_delivery")):
        assert client.post(url).status_code in {302, 403}
        assert status(delivery) == "ended"
    able = account("view_subscriber", "change_subscriber")
    assert able.get(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="view_subscriber-change_subscriber"))
    assert strict.post(url).status_code == 403
    assert Client().post(url).status_code == 302
    assert status(delivery) == "ended"
    assert able.post(f"/admin/retours/{bounce.pk + 99}/retablir/").status_code == 404


def test_a_complaint_is_not_undone(delivery: Delivery):
    bounce = handle(complaint(delivery)).bounce
    client = account("view_subscriber", "change_subscriber")
    assert BUTTON not in page(client, bounce)
    restore(client, bounce)
    assert status(delivery) == "ended"
    assert Suppression.objects.get().reason == "complaint"


def test_a_complaint_after_a_dead_address_bars_the_way(delivery: Delivery):
    bounce = handle(dsn(delivery)).bounce
    handle(complaint(delivery))
    restore(account("view_subscriber", "change_subscriber"), bounce)
    assert status(delivery) == "ended"


def test_who_left_by_themselves_is_not_brought_back(delivery: Delivery):
    bounce = handle(dsn(delivery, "5.2.2", "full")).bounce
    end(delivery.subscription, "mail")
    restore(account("view_subscriber", "change_subscriber"), bounce)
    assert status(delivery) == "ended"


@pytest.mark.parametrize("key", ["abc", "9" * 30, "99"])
def test_a_key_typed_by_hand_is_not_found(home, admin_client: Client, key: str):
    assert admin_client.get(f"{LIST}inspect/{key}/").status_code == 404
