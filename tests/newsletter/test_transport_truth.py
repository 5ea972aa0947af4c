"""Whatever a relay does: each message has one outcome, and the outcome is what happened."""

import random
import threading

import pytest

from newsletter.engine.outcomes import Verdict
from newsletter.engine.transport import Parcel
from tests.newsletter.wire import BODY, FROM, RawServer, Sending, connect

REPLIES = {
    "mail": ["451 4.3.0 Later", "550 5.7.1 No", "421 4.3.2 Closing", "drop", "Bonjour", "354 Go"],
    "rcpt": ["550 5.1.1 No", "550 5.7.1 No", "452 4.2.2 Full", "421 4.3.2 Closing", "drop", "2",
             "251 2.1.5 Elsewhere", "450-4.2.0 a\r\n450 4.2.0 b"],
    "data": ["451 4.3.0 Later", "554 5.7.1 No", "421 4.3.2 Closing", "drop", "250 Ok", "?"],
    "body": ["550 5.1.1 No", "554 5.7.1 No", "452 4.3.1 Full", "421 4.3.2 Closing", "drop", "noise",
             "250-a\r\n250 b", "299 Well"],
}  # fmt: skip


def script(seed: int) -> tuple[RawServer, list[str]]:
    """A relay that misbehaves with some of twelve readers, in a way that `seed` alone decides."""
    chance = random.Random(seed)
    readers = [f"lecteur{n}@exemple.fr" for n in range(12)]
    at = {}
    for reader in readers:
        if chance.random() < 0.4:
            step = chance.choice(["rcpt", "data", "body"])
            at[f"{step}:{reader}"] = chance.choice(REPLIES[step])
    if chance.random() < 0.1:
        at["mail"] = chance.choice(REPLIES["mail"])
    features = chance.choice([("PIPELINING",), ()])
    server = RawServer(
        at,
        features,
        by_single_bytes=chance.random() < 0.1,
        close_after=chance.choice([0, 0, 1, 3]),
        farewell=chance.choice(["", "421 4.7.0 Enough"]),
        takes_nobody=chance.random() < 0.5,
    )
    return server, readers


@pytest.mark.parametrize("seed", range(100))
def test_no_relay_makes_us_lie(seed: int):
    made, readers = script(seed)
    with made as server:
        sending = Sending(server, *readers, timeout=5)
        taken = [readers.index(address) for address in server.addresses]
    outcomes = sending.outcomes
    sent = [key for key, outcome in outcomes.items() if outcome.verdict is Verdict.SENT]
    uncertain = [key for key, outcome in outcomes.items() if outcome.verdict is Verdict.UNCERTAIN]
    assert list(outcomes) == sending.pulled  # one outcome for each that was pulled, in order
    assert len(set(taken)) == len(taken)  # nobody twice
    assert set(sent) <= set(taken) <= {*sent, *uncertain}  # nothing claimed, nothing sent unknown
    assert sending.accepted == sent
    assert sending.taken == len(sent)
    assert {*sent, *uncertain} <= set(sending.begun) <= set(outcomes)
    assert len(uncertain) <= 1
    if len(outcomes) < len(readers):
        assert list(outcomes.values())[-1].is_lost
    for key, outcome in outcomes.items():
        assert not (outcome.is_unheard and key in sending.begun)


def test_connections_side_by_side_share_nothing():
    body = [BODY[:-2], b"x" * 50_000, b"\r\n"]

    def send(start: int) -> None:
        connection = connect(server)
        parcels = (Parcel(n, FROM, f"a{n}@exemple.fr", 1, body) for n in range(start, start + 25))
        for key, outcome in connection.send_many(parcels, lambda _: None, lambda _: None):
            verdicts[key] = outcome.verdict
        connection.close()

    verdicts: dict[int, Verdict] = {}
    with RawServer() as server:
        threads = [threading.Thread(target=send, args=(25 * n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(server.addresses) == sorted(f"a{n}@exemple.fr" for n in range(200))
        assert {content for _, _, content in server.taken} == {b"".join(body)}
    assert set(verdicts.values()) == {Verdict.SENT}
    assert len(verdicts) == 200
