"""Starting an issue: what is proposed, what is refused, what the draft holds."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage, User
from newsletter.models import Bulletin, Issue
from newsletter.rules import rule_blocks
from tests.newsletter.composer.desk import editor, now, visitor
from tests.newsletter.composer.desk import titles as rubrics_of
from tests.newsletter.factories import bulletin, issue
from tests.veille.factories import notice, topic

FORM = {"kind": "regular", "number": "4", "title": "Veille d'octobre", "dated": "2018-10"}


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    topic("Design"), topic("Lieux")
    made = bulletin(home)
    made.standing_rubrics = rule_blocks([("Permanente", ("design",))])
    made.save()
    return made


@pytest.fixture(autouse=True)
def claire(home: HomePage, client: Client) -> User:
    user = editor(home, "claire")
    client.force_login(user)
    return user


def send(client: Client, letter: Bulletin, **changes: Any) -> Any:
    return client.post(reverse("newsletter_start", args=[letter.pk]), FORM | changes)


def faults(client: Client, letter: Bulletin, **changes: Any) -> dict[str, list[str]]:
    before = Issue.objects.count()
    answer = send(client, letter, **changes)
    assert answer.status_code == 200
    assert Issue.objects.count() == before
    return dict(answer.context["form"].errors)


def test_the_form_proposes_the_numbers_that_follow(letter: Bulletin, client: Client) -> None:
    issue(letter, number=41, slug="numero-41")
    issue(letter, number=3, kind="special", slug="hors-serie-3", live=False)
    text = client.get(reverse("newsletter_start", args=[letter.pk])).content.decode()
    assert "n°\u00a042" in text
    assert "Hors-Série #4" in text
    send(client, letter, number="")
    send(client, letter, number="", kind="special")
    assert Issue.objects.filter(slug="numero-42", number=42, kind="regular").exists()
    assert Issue.objects.filter(slug="hors-serie-4", number=4, kind="special").exists()


def test_a_regular_issue_takes_the_standing_rubrics_and_fills_them(
    home: HomePage, letter: Bulletin, claire: User, client: Client
) -> None:
    page = notice(home, topics=("Design",))
    answer = send(client, letter, fill="on")
    made = Issue.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("newsletter_composer", args=[made.pk]),
    )
    assert (made.title, made.slug, made.number, made.live) == (
        "Veille d'octobre",
        "numero-4",
        4,
        False,
    )
    assert made.latest_revision.user == claire
    assert [(p.title, [i.page_id for i in p.items]) for p in now(made).parts] == [
        ("Permanente", [page.pk])
    ]


def test_without_filling_every_page_is_proposed(
    home: HomePage, letter: Bulletin, client: Client
) -> None:
    notice(home, topics=("Design",))
    answer = client.get(send(client, letter)["Location"])
    assert now(Issue.objects.get()).page_ids == frozenset()
    assert rubrics_of(Issue.objects.get()) == ["Permanente"]
    assert answer.context["board"].proposed_count == 1


def test_each_chosen_topic_makes_a_rubric(home: HomePage, letter: Bulletin, client: Client) -> None:
    page = notice(home, topics=("Lieux",))
    topics = [str(topic(name).pk) for name in ("Design", "Lieux")]
    send(client, letter, kind="special", number="1", topics=topics, fill="on")
    made = Issue.objects.get()
    assert (made.slug, made.feeds_ledger) == ("hors-serie-1", False)
    assert [(p.title, [i.page_id for i in p.items]) for p in now(made).parts] == [
        ("Design", []),
        ("Lieux", [page.pk]),
    ]


def test_a_number_that_is_taken_is_refused(letter: Bulletin, client: Client) -> None:
    issue(letter, number=4, slug="autre-adresse")
    words = {"number": ["Ce numéro existe déjà dans ce bulletin."]}
    assert faults(client, letter) == words
    issue(letter, number=9, slug="numero-5", kind="special")
    assert faults(client, letter, number="5") == words


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"dated": "octobre"}, "dated", "n'est pas une date"),
        ({"dated": "2018-13"}, "dated", "n'existe pas dans le calendrier"),
        ({"dated": ""}, "dated", "requis"),
        ({"number": "0"}, "number", "1"),
        ({"number": "9" * 30}, "number", "99"),
        ({"number": "abc"}, "number", "entier"),
        ({"kind": "extra"}, "kind", "extra"),
        ({"title": "x" * 1000}, "title", "255"),
        ({"title": "a\0b"}, "title", "nul"),
        ({"topics": ["999999"]}, "topics", "999999"),
        ({"topics": ["abc"]}, "topics", "abc"),
        ({"published_from": "hier"}, "published_from", "date"),
        (
            {"published_from": "2018-02-01", "published_to": "2018-01-01"},
            "published_to",
            "La fin précède le début.",
        ),
    ],
)
def test_each_fault_is_told_at_its_field(
    letter: Bulletin, client: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    found = faults(client, letter, **changes)
    assert list(found) == [field]
    assert words in " ".join(found[field])


def test_a_bulletin_without_rubrics_asks_for_a_topic(
    home: HomePage, letter: Bulletin, client: Client
) -> None:
    letter.standing_rubrics = []
    letter.save()
    assert list(faults(client, letter)) == ["topics"]


def test_who_may_not_add_an_issue_may_not_start_one(letter: Bulletin, client: Client) -> None:
    client.force_login(visitor())
    for answer in (
        send(client, letter),
        client.get(reverse("newsletter_start", args=[letter.pk])),
        client.get(reverse("newsletter_choose_bulletin")),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert not Issue.objects.exists()


def test_with_one_bulletin_there_is_nothing_to_choose(
    home: HomePage, letter: Bulletin, client: Client
) -> None:
    address = reverse("newsletter_choose_bulletin")
    assert client.get(address)["Location"] == reverse("newsletter_start", args=[letter.pk])
    bulletin(home, title="L'autre", slug="l-autre")
    text = client.get(address).content.decode()
    assert "L&#x27;autre" in text
    assert "En quelques clics" in text
