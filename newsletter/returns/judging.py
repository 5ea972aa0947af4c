"""Whom a failure speaks of: the address, the moment, or us. Pure.

RFC 3463 gives the meaning of a code; where servers are known to write one code and mean another,
their words rule, and always towards the milder verdict. The rule above all: a reader pays only
for what is said of their mailbox.

| code | RFC 3463 | verdict |
|---|---|---|
| 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10 | no mailbox, domain, form; moved; null MX (RFC 7505) | hard |
| x.1.7, x.1.8 | the sender's address | policy |
| other x.1 | said of the address, not that it is dead | soft |
| x.2.1 | the mailbox exists and takes nothing now | soft |
| x.2.2, other x.2 | full; it exists | soft |
| x.2.3, x.3.4 | our message is too large | policy |
| x.3, x.4 | their system, the way to it | soft |
| x.5, x.6, x.7 | protocol, form of our message, security | policy |
| 4.x.x | put off, and given up by the relay | soft, or policy for x.5 to x.7 |
| 5.0.0, none | by words: hard, policy or full; else soft with a code, unknown without | |
"""

import re
from collections.abc import Iterable
from enum import StrEnum

# The subject ends at 7: « Exim 4.96.1 » is no code.
ENHANCED = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?:^|[\s:#(\"'])([45])\d\d[ -]")
HARD = {1, 2, 3, 6, 10}
SENDER = {7, 8}
OURS = {5, 6, 7}
TOO_LARGE = {(2, 3), (3, 4)}
POLICY_WORDS = re.compile(
    r"\bspam|spamhaus|block ?list|black ?list|blocked (?:using|by|for)|\b(?:dns)?[rd]bl\b"
    r"|\breputation|\bdmarc\b|\bspf\b|\bdkim\b|reverse dns|\bptr\b|unauthenticated|rate[- ]limit"
    r"|too many (?:connections|messages|emails)|throttl|grey ?list|unsolicited|\bbanned\b"
    r"|senderscore|barracuda|cloudmark|content (?:rejected|refused)|policy (?:reasons|violation)"
    r"|refus[ée]e? pour (?:contenu|spam)|\bLPN\d{3}_\d{3}\b|\bOFR00\d_\d{3}\b|:blocked\)",
    re.IGNORECASE,
)
FULL_WORDS = re.compile(
    r"over ?quota|quota (?:exceeded|dépassé)|(?:mail)?box (?:is )?full|out of storage|boîte pleine"
    r"|insufficient (?:disk|system storage|storage)|exceeded (?:its |the )?(?:storage|quota)"
    r"|bo[iî]te (?:aux lettres )?(?:est )?pleine",
    re.IGNORECASE,
)
DEAD_WORDS = re.compile(
    r"(?:user|recipient|mailbox|account|address|local-part|localpart)(?: is)?"
    r" (?:unknown|not found|does(?:n't| not) exist|invalid|no longer (?:valid|exists))"
    r"|(?:unknown|no such|invalid|nonexistent|non-existent) (?:user|recipient|mailbox|address|local"
    r"|account)|no mailbox (?:here )?by that name|does(?:n't| not) have an? \S+ account"
    r"|not listed in (?:the )?(?:domino|public name|.{0,40}directory)|no such person"
    r"|(?:adresse|utilisateur|destinataire|bo[iî]te) (?:\w+ ){0,2}(?:inconnue?|inexistante?)"
    r"|n'existe (?:pas|plus)|address (?:you sent|that you tried to reach).{0,60}not exist"
    r"|account that you tried to reach does not exist|unable to validate recipient",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """The values of `Bounce.Kind` that a failure can have."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    UNKNOWN = "unknown"


def judge(status: str, text: str) -> Kind:
    """The verdict on a failure.

    Args:
        status: the enhanced code of the machine part, « 5.1.1 », or "".
        text: what the server said, with its own codes where it wrote any.
    """
    if POLICY_WORDS.search(text):
        return Kind.POLICY
    codes = [ENHANCED.fullmatch(status), ENHANCED.search(text)]
    named = [(int(code[1]), int(code[2]), int(code[3])) for code in codes if code]
    by_code = [_by_code(*code) for code in named if code[1]]
    if Kind.POLICY in by_code:
        return Kind.POLICY
    if FULL_WORDS.search(text):
        return Kind.SOFT
    if by_code:
        # The server's own words are nearer than what the relay made of them.
        return by_code[-1]
    reply = REPLY.search(text)
    if any(category == 4 for category, _, _ in named) or (reply and reply[1] == "4"):
        return Kind.SOFT
    if DEAD_WORDS.search(text):
        return Kind.HARD
    return Kind.SOFT if named or reply else Kind.UNKNOWN


def soft_score(days: Iterable[float], half_life: float) -> float:
    """What passing refusals weigh together: each 1 on its day, a half after `half_life` days.

    Args:
        days: the age of each, one a mailing; a negative one (clock put back) weighs 1.
    """
    return sum((float(0.5 ** (max(one, 0.0) / half_life)) for one in days), 0.0)


def _by_code(category: int, subject: int, detail: int) -> Kind:
    if (subject, detail) in TOO_LARGE or subject in OURS:
        return Kind.POLICY
    if subject == 1 and detail in SENDER:
        return Kind.POLICY
    is_dead = category == 5 and subject == 1 and detail in HARD
    return Kind.HARD if is_dead else Kind.SOFT
