"""The page « Vérification » of an issue: who may, what it says, and the bell for the links."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from home.models import HomePage, User
from newsletter import preflight_panel
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.veille.factories import notice
from veille.models import NoticeLink


@pytest.fixture
def made(home: HomePage) -> Issue:
    letter = bulletin(home)
    reader("lectrice@exemple.fr", to=letter)
    links = [NoticeLink(url="https://ailleurs.example/a")]
    return issue(letter, notice(home, title="Un <b>guide</b> & demi", links=links).pk)


class Bells:
    """Takes what would be rung; or, `down`, refuses as a broker that is away does."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.rung: list[tuple[str, tuple]] = []

    def __call__(self, name: str, args: tuple) -> "Bells":
        self.rung.append((name, args))
        return self

    def apply_async(self, *, ignore_result: bool, retry: bool) -> None:
        assert ignore_result
        assert not retry
        if self.down:
            raise OperationalError("refused")


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Bells]:
    def install(*, down: bool = False) -> Bells:
        made = Bells(down=down)
        monkeypatch.setattr(preflight_panel, "signature", made)
        return made

    return install


def page(made: Issue) -> str:
    return reverse("newsletter_preflight", args=[made.pk])


def button(made: Issue) -> str:
    return reverse("newsletter_check_links", args=[made.pk])


def test_the_page_stands_where_the_letter_s_pages_do(made: Issue) -> None:
    assert page(made) == f"/admin/lettre/numeros/{made.pk}/verification/"


def test_each_finding_says_how_grave_it_is_and_leads_to_its_place(
    made: Issue, admin_client: Client
) -> None:
    type(made.bulletin).objects.update(reply_to="")
    text = admin_client.get(page(made)).content.decode()
    assert "Pas encore bon à diffuser" in text
    assert "Bloquant\u00a0:</strong> Le bulletin n&#x27;a pas d&#x27;adresse de réponse." in text
    assert "À vérifier\u00a0:</strong> Un lien n&#x27;a jamais été vérifié" in text
    assert f'href="/admin/pages/{made.bulletin_id}/edit/#panel-child-contenu-expedition' in text


def test_an_issue_in_order_is_said_ready(made: Issue, admin_client: Client) -> None:
    text = admin_client.get(page(made)).content.decode()
    assert "Bon à diffuser" in text
    assert "Bloquant" not in text


def test_an_address_that_two_pages_share_is_one_link_here_as_in_the_findings(
    home: HomePage, made: Issue, admin_client: Client
) -> None:
    shared = [NoticeLink(url="https://ailleurs.example/a")]
    both = [made.rubrics[0].value["items"][0]["page"].pk, notice(home, links=shared).pk]
    twice = issue(made.get_parent().specific, *both, number=2, slug="deux")
    answer = admin_client.get(page(twice)).content.decode()
    assert "ont 1 lien vers d'autres sites" in answer
    assert "À vérifier\u00a0: 1." in answer
    assert "Un lien n'a jamais été vérifié" in answer.replace("&#x27;", "'")


def test_a_hostile_title_is_shown_as_text(made: Issue, admin_client: Client) -> None:
    made.rubrics[0].value["items"][0]["page"].unpublish()
    text = admin_client.get(page(made)).content.decode()
    assert "Un &lt;b&gt;guide&lt;/b&gt; &amp; demi" in text
    assert "<b>guide</b>" not in text


def test_who_may_neither_edit_nor_send_sees_nothing(
    made: Issue, client: Client, bells: Callable[..., Bells]
) -> None:
    rung = bells()
    user = User.objects.create_user("stagiaire", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert client.get(page(made)).status_code == 302
    assert client.post(button(made)).status_code == 302
    assert rung.rung == []


def test_who_may_send_sees_it(made: Issue, client: Client) -> None:
    user = User.objects.create_user("expediteur", password="x")
    codenames = ["access_admin", "send_issue"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    assert client.get(page(made)).status_code == 200


def test_the_button_rings_for_the_pages_of_the_latest_version(
    made: Issue, admin_client: Client, bells: Callable[..., Bells]
) -> None:
    rung = bells()
    pages = [made.rubrics[0].value["items"][0]["page"].pk]
    text = admin_client.post(button(made), follow=True).content.decode()
    assert rung.rung == [("veille.check_pages_links", (pages,))]
    assert "La vérification des liens est lancée" in text


def test_a_broker_that_is_down_is_told(
    made: Issue, admin_client: Client, bells: Callable[..., Bells]
) -> None:
    bells(down=True)
    text = admin_client.post(button(made), follow=True).content.decode()
    assert "les liens n&#x27;ont pas été vérifiés" in text


def test_a_get_rings_nothing(
    made: Issue, admin_client: Client, bells: Callable[..., Bells]
) -> None:
    rung = bells()
    assert admin_client.get(button(made)).status_code == 405
    assert rung.rung == []


def test_an_unknown_issue_is_not_found(db: None, admin_client: Client) -> None:
    assert admin_client.get("/admin/lettre/numeros/999999/verification/").status_code == 404
