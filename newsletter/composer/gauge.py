"""How heavy the mail is, against what the editor asks and what receivers cut."""

from dataclasses import dataclass

from newsletter.errors import LetterError
from newsletter.models import Issue
from newsletter.rendering import LIMITS, OverweightError, render


@dataclass(frozen=True, slots=True)
class Gauge:
    """`html_bytes` of the mail, `asked` at most, MAX_BYTES in no case; `problem` is "" or why no
    mail can be made; `summary_limit` is the length of the extracts, in characters."""

    html_bytes: int
    asked: int
    summary_limit: int = 0
    problem: str = ""

    @property
    def is_cut(self) -> bool:
        return not self.problem and self.summary_limit < LIMITS[0]


def gauge_of(issue: Issue) -> Gauge:
    try:
        rendered = render(issue.document(), max_bytes=issue.max_bytes)
    except OverweightError as error:
        return Gauge(error.html_bytes, issue.max_bytes, problem=str(error))
    except LetterError as error:
        return Gauge(0, issue.max_bytes, problem=str(error))
    return Gauge(rendered.html_bytes, issue.max_bytes, rendered.summary_limit)
