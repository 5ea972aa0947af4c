"""When a mailing must stop by itself: judged from what the relay answered lately. Pure."""

from dataclasses import dataclass

FEW = 2  # refusals: one dead address among the first is no reason to stop


@dataclass(frozen=True, slots=True)
class Limits:
    """`run`: refusals one after another; `percent`: their share, once `minimum` answers are known.
    0 sets a limit aside."""

    run: int
    percent: float
    minimum: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was answered since the start, or since a person resumed: a refusal is whatever was not
    accepted and is not tried again (refused, or uncertain)."""

    accepted: int
    failed: int
    in_row: int

    @property
    def share(self) -> float:
        """Refusals among what is known, in percent."""
        known = self.accepted + self.failed
        return 100 * self.failed / known if known else 0.0


def judge(tally: Tally, limits: Limits) -> str:
    """Why the mailing must stop, in words for the editors; "" when it may go on."""
    if limits.run and tally.in_row >= limits.run:
        return f"{tally.in_row} refus d'affilée\u00a0: quelque chose ne va pas chez le relais."
    known = tally.accepted + tally.failed
    if limits.percent and known >= limits.minimum and tally.share >= limits.percent:
        return f"{tally.failed} refus sur {known} envois\u00a0: au-delà de {_percent(limits)}."
    return ""


def judge_first(tally: Tally, limits: Limits) -> str:
    """The same when all who go first are known, and before anybody else is written to: a share
    is enough, however few they are, beyond one refusal."""
    if limits.percent and tally.failed >= FEW and tally.share > limits.percent:
        known = tally.accepted + tally.failed
        return (
            f"{tally.failed} refus parmi les {known} premiers envois\u00a0: "
            f"au-delà de {_percent(limits)}, les autres attendent."
        )
    return ""


def _percent(limits: Limits) -> str:
    return f"{limits.percent:g}\u00a0%".replace(".", ",")
