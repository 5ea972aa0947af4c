import pytest
from django.db import connection

from newsletter.models import Subscription
from newsletter.readers.combinations import (
    ChangingChoicesError,
    Combination,
    combinations_of,
    key_of,
    set_choices,
)
from tests.newsletter.digests.samples import follower, themes
from tests.newsletter.sending import reader

pytestmark = pytest.mark.django_db


def stored(subscription: Subscription) -> tuple[str, set[str], str]:
    subscription.refresh_from_db()
    names = set(subscription.topics.values_list("name", flat=True))
    return subscription.frequency, names, subscription.topics_key


def test_the_key_knows_the_themes_and_not_their_order():
    assert key_of([]) == ""
    assert key_of([3, 1]) == key_of([1, 3, 3]) != key_of([13])
    assert len(key_of([1])) == 16
    assert key_of([1, 23]) != key_of([12, 3])


def test_choices_are_written_with_their_key_and_said_to_have_changed():
    tree, one = themes(Climat="", Sport=""), reader("a@exemple.fr")
    assert set_choices(one, "weekly", [tree["Climat"], tree["Sport"].pk])
    key = key_of([tree["Climat"].pk, tree["Sport"].pk])
    assert stored(one) == ("weekly", {"Climat", "Sport"}, key)
    assert not set_choices(one, "weekly", [tree["Sport"], tree["Climat"]])
    assert set_choices(one, "monthly", [tree["Sport"], tree["Climat"]])
    assert set_choices(one, "monthly", [])
    assert stored(one) == ("monthly", set(), "")


def test_a_stale_object_does_not_bring_old_choices_back():
    tree, one = themes(Climat=""), reader("a@exemple.fr")
    stale = Subscription.objects.get(pk=one.pk)
    set_choices(one, "weekly", [tree["Climat"]])
    assert not set_choices(stale, "weekly", [tree["Climat"]])
    assert set_choices(stale, "issue", [])
    assert stored(one) == ("issue", set(), "")


def test_an_unknown_frequency_is_refused_and_nothing_is_written():
    one = reader("a@exemple.fr")
    with pytest.raises(ValueError, match="hourly"):
        set_choices(one, "hourly", [])
    assert stored(one) == ("issue", set(), "")


def test_combinations_are_read_in_two_queries_the_most_chosen_first(django_assert_num_queries):
    tree = themes(Climat="", Sport="", Culture="")
    ids = {name: topic.pk for name, topic in tree.items()}
    for n in range(3):
        follower(f"climat{n}@exemple.fr", tree["Climat"])
    follower("deux@exemple.fr", tree["Climat"], tree["Sport"])
    follower("tout1@exemple.fr")
    follower("tout2@exemple.fr")
    with django_assert_num_queries(2):
        found = combinations_of(Subscription.objects.all())
    both = (ids["Climat"], ids["Sport"])
    assert found == [
        Combination(key_of([ids["Climat"]]), (ids["Climat"],), 3),
        Combination("", (), 2),
        Combination(key_of(both), tuple(sorted(both)), 1),
    ]


def test_keys_that_tell_something_else_are_mended():
    tree = themes(Climat="", Sport="")
    right = follower("a@exemple.fr", tree["Climat"])
    by_hand = follower("b@exemple.fr", tree["Climat"])
    by_hand.topics.set([tree["Sport"]])
    forgotten = reader("c@exemple.fr", frequency="weekly", topics_key="0123456789abcdef")
    found = combinations_of(Subscription.objects.all())
    assert sorted(one.readers for one in found) == [1, 1, 1]
    assert stored(right)[2] == key_of([tree["Climat"].pk])
    assert stored(by_hand)[2] == key_of([tree["Sport"].pk])
    assert stored(forgotten)[2] == ""


def test_choices_that_never_hold_still_are_an_error_and_not_a_wrong_digest(monkeypatch):
    reader("c@exemple.fr", frequency="weekly", topics_key="0123456789abcdef")
    monkeypatch.setattr("newsletter.readers.combinations._mend", lambda found: None)
    with pytest.raises(ChangingChoicesError):
        combinations_of(Subscription.objects.all())


def test_readers_of_a_deleted_theme_follow_the_one_above():
    tree = themes(Climat="", Energie="Climat", Sport="")
    one = follower("a@exemple.fr", tree["Energie"], tree["Sport"])
    both = follower("b@exemple.fr", tree["Energie"], tree["Climat"])
    climate, sport = tree["Climat"].pk, tree["Sport"].pk
    tree["Energie"].delete()
    assert stored(one) == ("weekly", {"Climat", "Sport"}, key_of([climate, sport]))
    assert stored(both) == ("weekly", {"Climat"}, key_of([climate]))


def test_without_a_theme_above_it_is_lost_and_the_last_one_leaves_every_theme():
    tree = themes(Climat="", Sport="")
    two = follower("a@exemple.fr", tree["Climat"], tree["Sport"])
    only = follower("b@exemple.fr", tree["Climat"])
    other = follower("c@exemple.fr", tree["Sport"])
    sport = key_of([tree["Sport"].pk])
    tree["Climat"].delete()
    assert stored(two) == ("weekly", {"Sport"}, sport)
    assert stored(only) == ("weekly", set(), "")
    assert stored(other) == ("weekly", {"Sport"}, sport)


def test_deleting_a_theme_costs_the_same_for_one_reader_and_for_fifty():
    def cost(count: int) -> int:
        tree = themes(**{f"Haut{count}": "", f"Bas{count}": f"Haut{count}"})
        for n in range(count):
            follower(f"lecteur{count}-{n}@exemple.fr", tree[f"Bas{count}"])
        connection.force_debug_cursor = True
        before = len(connection.queries_log)
        tree[f"Bas{count}"].delete()
        connection.force_debug_cursor = False
        return len(connection.queries_log) - before

    assert cost(1) == cost(50)


def test_a_theme_that_moves_leaves_keys_as_they_are():
    tree = themes(Climat="", Energie="Climat", Sport="")
    one = follower("a@exemple.fr", tree["Energie"])
    key = one.topics_key
    tree["Energie"].parent = tree["Sport"]
    tree["Energie"].save()
    assert stored(one) == ("weekly", {"Energie"}, key)
    assert [c.key for c in combinations_of(Subscription.objects.all())] == [key]
