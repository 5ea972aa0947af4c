"""Relays that refuse, stall, drop, close and lie. The waits between tries are shortened."""

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.faults.trial import Trial, Verdict, ready
from bench.stack import Stack

READERS, EVERY = 400, 20
HASTEN = "UPDATE newsletter_delivery SET next_try_at = now() WHERE state = 'pending'"


def met_by(every: int) -> int:
    """How many of the readers meet a rule « one in `every` »."""
    addresses = (f"lecteur{n}@exemple.fr" for n in range(READERS))
    return sum(zlib.crc32(address.encode()) % every == 0 for address in addresses)


@dataclass(frozen=True)
class Case:
    """`rules` as in `bench.sending.sink`; `heals`: paused first, then the relay is well again."""

    name: str
    rules: tuple[str, ...] = ()
    failed: int = 0
    uncertain: int = 0
    exactly: bool = False
    heals: bool = False
    relay: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)


SOME = met_by(EVERY)
STALL = {"SMTP_TIMEOUT_SECONDS": 2}


def once(step: str, action: str) -> tuple[str, ...]:
    return (f"{step}:{EVERY}:{action}:once",)


CASES = (
    Case("unknown_address", (f"rcpt:{EVERY}:550 5.1.1 No such user",), failed=SOME),
    Case("unknown_354", (f"rcpt:{EVERY}:550 5.1.1 No such user",), failed=SOME,
         relay={"lenient": True}),
    Case("policy", (f"rcpt:{EVERY}:550 5.7.1 Refused by policy",), heals=True),
    Case("policy_at_dot", (f"dot:{EVERY}:550 5.7.1 Looks like spam",), heals=True),
    Case("closes_421", once("rcpt", "421 4.3.2 Shutting down")),
    Case("later_451", once("rcpt", "451 4.7.1 Greylisted")),
    Case("later_451_at_dot", once("dot", "451 4.3.0 Try again")),
    Case("later_451_354", once("rcpt", "451 4.7.1 Greylisted"), relay={"lenient": True}),
    Case("full_452", once("rcpt", "452 4.2.2 Mailbox full")),
    Case("sender_451", once("mail", "451 4.3.0 Try again")),
    Case("stalls_at_greeting", ("greet:3:stall",), settings=STALL),
    Case("stalls_at_recipient", once("rcpt", "stall"), settings=STALL),
    Case("stalls_at_data", once("data", "stall"), settings=STALL),
    Case("stalls_after_dot", once("dot", "stall"), uncertain=SOME, exactly=True, settings=STALL),
    Case("drops_at_recipient", once("rcpt", "drop")),
    Case("drops_after_data", once("dot", "after"), uncertain=SOME, exactly=True),
    Case("closes_after_7", relay={"close_after": 7}),
    Case("no_pipelining", relay={"pipelining": False}),
    Case("no_pipelining_refuses", (f"rcpt:{EVERY}:550 5.1.1 No such user",), failed=SOME,
         relay={"pipelining": False}),
)  # fmt: skip


def refusals(stack: Stack, short: bool) -> Iterator[Verdict]:
    """Each case of a difficult relay, and a certificate that nobody vouches for."""
    chosen = [case for case in CASES if not short or case.name in {"policy", "drops_after_data"}]
    for case in chosen:
        yield _met(stack, case)
    if not short:
        yield _bad_certificate(stack)


def _met(stack: Stack, case: Case) -> Verdict:
    settings = {"LETTER_BREAKER_PERCENT": 60} | case.settings
    with Trial.of(stack, case.name, READERS, **settings) as trial:
        trial.open_relay(rules=case.rules, delay_ms=2, **case.relay)
        trial.open_worker()
        trial.open_beat()
        ready(trial)
        trial.made.start()
        paused_with = ""
        if case.heals:
            _until(trial, lambda: trial.made.state() == "paused")
            paused_with = trial.made.note()
            trial.open_relay()
            trial.manage("mailing", str(trial.made.mailing), "resume")
        _until(trial, lambda: trial.made.state() == "sent")
        verdict = trial.judge(uncertain=case.uncertain, failed=case.failed)
        if case.exactly:
            found = verdict.figures["uncertain"]
            verdict.must(found == case.uncertain, f"uncertain {found}, not {case.uncertain}")
        if case.heals:
            verdict.must(bool(paused_with), "was not paused")
            verdict.figures["paused_with"] = paused_with
        return verdict


def _until(trial: Trial, done: Callable[[], bool], seconds: float = 90) -> None:
    """Shortens the waits between tries until `done`, or until time is over."""
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        trial.made.run(HASTEN)
        time.sleep(0.5)


def _bad_certificate(stack: Stack) -> Verdict:
    """Nothing leaves to a relay that can not prove who it is; then a person vouches for it."""
    with Trial.of(stack, "bad_certificate", READERS) as trial:
        relay = trial.open_relay(tls=True)
        worker = trial.open_worker()
        trial.open_beat()
        ready(trial)
        trial.made.start()
        time.sleep(8)
        before, note = trial.received().total(), trial.made.note()
        worker.kill()
        worker.environment["SSL_CERT_FILE"] = str(relay.certificate)
        worker.start()
        if trial.made.state() == "paused":
            trial.manage("mailing", str(trial.made.mailing), "resume")
        _until(trial, lambda: trial.made.state() == "sent")
        verdict = trial.judge()
        verdict.figures |= {"before_trust": before, "note": note}
        verdict.must(before == 0, f"{before} left to a relay that nobody vouches for")
        return verdict
