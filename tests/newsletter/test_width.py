from newsletter.engine.width import QUIET_SECONDS, Width


class Relay:
    """Takes `pace[width]` messages a second."""

    def __init__(self, width: Width, pace: dict[int, float]) -> None:
        self.width, self.pace = width, pace
        self.at = self.done = 0.0

    def run(self, seconds: float) -> set[int]:
        """The widths that were used meanwhile."""
        seen, end = set(), self.at + seconds
        while self.at < end:
            self.done += self.pace[self.width.now] * 0.06
            self.at += 0.06
            seen.add(self.width.heed(self.at, int(self.done), is_fed=True))
        return seen


def test_a_slow_relay_gets_all_connections_at_once() -> None:
    width = Width(64, 0.0)
    assert width.now == 1
    assert width.heed(0.06, 3, is_fed=True) == 64
    assert width.heed(0.12, 130, is_fed=True) == 64


def test_a_relay_that_says_nothing_yet_too() -> None:
    assert Width(8, 0.0).heed(0.06, 0, is_fed=True) == 8


def test_nearby_one_is_enough_and_two_are_tried_now_and_then() -> None:
    relay = Relay(Width(4, 0.0), {1: 10_000.0, 2: 6_000.0, 4: 5_000.0})
    assert relay.run(0.5) == {1, 2}
    assert relay.run(QUIET_SECONDS - 1) == {1}
    assert relay.run(QUIET_SECONDS) == {1, 2}


def test_what_pays_is_kept() -> None:
    relay = Relay(Width(8, 0.0), {1: 1000.0, 2: 2000.0, 4: 3900.0, 8: 4000.0})
    relay.run(1.5)
    assert relay.width.now == 4


def test_a_relay_that_becomes_slow_is_given_all() -> None:
    relay = Relay(Width(8, 0.0), dict.fromkeys((1, 2, 4, 8), 5000.0))
    relay.run(1.0)
    assert relay.width.now == 1
    relay.pace = {1: 50.0, 2: 100.0, 4: 200.0, 8: 400.0}
    relay.run(0.2)
    assert relay.width.now == 8


def test_an_empty_belt_says_nothing() -> None:
    width = Width(8, 0.0)
    assert [width.heed(n / 10, 0, is_fed=False) for n in range(1, 5)] == [1, 1, 1, 1]
