"""A relay that refuses, stalls, drops, closes or babbles, at each step, pipelined and not."""

import time
import tracemalloc

import pytest

from newsletter.engine.outcomes import Verdict
from newsletter.engine.transport import Parcel, RelayClosedError
from tests.newsletter.wire import BODY, FROM, A, B, C, RawServer, Sending, connect

BOTH = pytest.mark.parametrize("features", [("PIPELINING",), ("8BITMIME",)], ids=["piped", "plain"])


@BOTH
@pytest.mark.parametrize("takes_nobody", [False, True])
@pytest.mark.parametrize(
    ("step", "reply", "verdict", "is_hard", "status"),
    [
        ("rcpt", "550 5.1.1 Unknown", Verdict.FAILED, True, "5.1.1"),
        ("rcpt", "550-5.1.1 Unknown\r\n550 5.1.1 Really", Verdict.FAILED, True, "5.1.1"),
        ("rcpt", "550 5.7.1 Policy", Verdict.PAUSE, False, "5.7.1"),
        ("rcpt", "451 4.7.1 Later", Verdict.RETRY, False, "4.7.1"),
        ("rcpt", "452 4.2.2 Full", Verdict.RETRY, False, "4.2.2"),
        ("data", "451 4.3.0 Later", Verdict.RETRY, False, "4.3.0"),
        ("data", "452 Later", Verdict.RETRY, False, ""),
        ("data", "550 5.1.1 Unknown", Verdict.FAILED, True, "5.1.1"),
        ("data", "554 5.7.1 Policy", Verdict.PAUSE, False, "5.7.1"),
        ("body", "550 5.1.1 Unknown", Verdict.FAILED, True, "5.1.1"),
        ("body", "451 4.3.0 Later", Verdict.RETRY, False, "4.3.0"),
        ("body", "452 4.3.1 Full", Verdict.RETRY, False, "4.3.1"),
    ],
)
def test_a_refusal_leaves_the_connection_fit_for_the_next_reader(
    features: tuple[str, ...],
    takes_nobody: bool,
    step: str,
    reply: str,
    verdict: Verdict,
    is_hard: bool,
    status: str,
):
    with RawServer({f"{step}:{B}": reply}, features, takes_nobody=takes_nobody) as server:
        sending = Sending(server, A, B, C)
        assert server.addresses == [A, C]
        assert server.connections == 1
        assert server.bodies == (3 if step == "body" else 2)
    first, refused, last = sending.outcomes.values()
    assert (first.verdict, last.verdict) == (Verdict.SENT, Verdict.SENT)
    assert (refused.verdict, refused.is_hard, refused.status) == (verdict, is_hard, status)
    assert sending.begun == ([0, 1, 2] if step == "body" else [0, 2])
    assert sending.accepted == [0, 2]


@BOTH
@pytest.mark.parametrize(
    ("reply", "verdict"),
    [("550 5.1.8 Sender", Verdict.PAUSE), ("451 4.3.0 Later", Verdict.RETRY)],
)
def test_a_refused_sender_begins_nothing(features: tuple[str, ...], reply: str, verdict: Verdict):
    with RawServer({"mail": reply}, features, takes_nobody=True) as server:
        sending = Sending(server, A, B)
        assert server.taken == []
    assert sending.verdicts == [verdict] * 2
    assert sending.begun == []


@BOTH
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "body"])
def test_a_relay_that_closes_with_421_is_left_and_nothing_is_uncertain(
    features: tuple[str, ...], step: str
):
    with RawServer({step: "421 4.3.2 Closing"}, features) as server:
        sending = Sending(server, A, B, C)
        assert server.taken == []
    outcomes = list(sending.outcomes.values())
    assert (outcomes[0].verdict, outcomes[0].is_lost) == (Verdict.RETRY, True)
    assert not outcomes[0].is_unheard
    assert all(one.is_unheard for one in outcomes[1:])
    assert len(sending.pulled) == len(outcomes) <= 2
    assert sending.begun == ([0] if step == "body" else [])


@BOTH
@pytest.mark.parametrize("what", ["stall", "drop"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "body"])
def test_silence_is_bounded_and_only_a_begun_message_is_uncertain(
    features: tuple[str, ...], step: str, what: str
):
    started = time.monotonic()
    with RawServer({step: what}, features) as server:
        sending = Sending(server, A, B, C, timeout=0.3)
        assert server.taken == []
    assert time.monotonic() - started < 3
    first, *others = sending.outcomes.values()
    assert first.verdict is (Verdict.UNCERTAIN if step == "body" else Verdict.RETRY)
    assert (first.is_lost, first.is_unheard) == (True, False)
    assert [one.is_unheard for one in others] == (
        [True] if step == "body" and server.features[0] == "PIPELINING" else []
    )
    assert sending.begun == ([0] if step == "body" else [])
    assert sending.accepted == []


@BOTH
@pytest.mark.parametrize("farewell", ["", "421 4.7.0 Enough"])
def test_a_relay_that_closes_after_some_messages_makes_nobody_uncertain(
    features: tuple[str, ...], farewell: str
):
    with RawServer(features=features, close_after=2, farewell=farewell) as server:
        sending = Sending(server, *[A] * 5, max_tries=1)
        assert len(server.taken) == 2
    assert sending.verdicts == [Verdict.SENT, Verdict.SENT, Verdict.RETRY]
    assert sending.outcomes[2].is_unheard
    assert sending.begun == sending.accepted == [0, 1]
    assert sending.pulled == [0, 1, 2]


def test_a_body_cut_in_its_middle_is_uncertain():
    with RawServer({"midbody": "cut"}) as server:
        connection = connect(server)
        begun: list[int] = []
        big = [b"x" * 70 + b"\r\n"] * 200_000
        parcels = [Parcel(1, FROM, A, 1, big), Parcel(2, FROM, B, 1, BODY)]
        outcomes = dict(connection.send_many(parcels, begun.append, begun.append))
        connection.close()
        assert server.taken == []
    assert (outcomes[1].verdict, outcomes[2].is_unheard) == (Verdict.UNCERTAIN, True)
    assert begun == [1]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("552 5.3.4 Too large", Verdict.PAUSE),
        ("552 5.2.3 Too large for this mailbox", Verdict.FAILED),
        ("421 4.3.2 Closing", Verdict.RETRY),
        ("250 2.0.0 Taken?", Verdict.UNCERTAIN),
    ],
)
def test_a_reason_given_in_the_middle_of_a_body_is_heard(words: str, verdict: Verdict):
    with RawServer({"midbody": words}) as server:
        connection = connect(server)
        big = [b"x" * 70 + b"\r\n"] * 200_000
        parcels = [Parcel(1, FROM, A, 1, big), Parcel(2, FROM, B, 1, BODY)]
        outcomes = dict(connection.send_many(parcels, lambda _: None, lambda _: None))
        connection.close()
    assert (outcomes[1].verdict, outcomes[1].is_lost) == (verdict, True)
    assert outcomes[2].is_unheard


def test_the_message_behind_a_pause_does_not_leave():
    with RawServer({f"body:{A}": "554 5.7.1 Spam"}) as server:
        sending = Sending(server, A, B, C)
        assert server.taken == []
    assert sending.verdicts == [Verdict.PAUSE, Verdict.RETRY]
    assert sending.outcomes[0].is_lost
    assert sending.outcomes[1].is_unheard
    assert sending.begun == [0]


@BOTH
@pytest.mark.parametrize("noise", ["Bonjour", "2", "250-a\r\n251 b", "354 Now", "\x00\x01"])
def test_noise_ends_the_connection_and_sends_nothing(features: tuple[str, ...], noise: str):
    with RawServer({"mail": noise}, features) as server:
        sending = Sending(server, A, B)
        assert server.taken == []
    (outcome,) = sending.outcomes.values()
    assert (outcome.verdict, outcome.is_lost) == (Verdict.RETRY, True)
    assert outcome.code in (None, 354)
    assert sending.begun == []


def test_noise_after_a_body_is_uncertain():
    with RawServer({"body": "Bonjour"}) as server:
        sending = Sending(server, A)
    assert sending.outcomes[0].verdict is Verdict.UNCERTAIN
    assert sending.accepted == []


@pytest.mark.parametrize("what", ["endless", "forever"])
@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail"])
def test_an_endless_reply_fills_neither_memory_nor_time(step: str, what: str):
    tracemalloc.start()
    started = time.monotonic()
    with RawServer({step: what}) as server:
        if step == "mail":
            assert Sending(server, A, timeout=1).verdicts == [Verdict.RETRY]
        else:
            with pytest.raises(RelayClosedError):
                connect(server, timeout=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - started < 4
    assert peak < 2_000_000
