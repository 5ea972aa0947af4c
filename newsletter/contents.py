"""What an issue holds: its lines, in reading order, and the pages that they show."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.models import Issue


class IssueContents:
    """The half of `Issue` that reads its blocks."""

    def lines(self: "Issue") -> Iterator[object]:
        """Every line block of the issue, in reading order (the agenda last)."""
        for block in self.featured:
            yield block.value
        for rubric in self.rubric_blocks():
            yield from rubric.value["items"]
            yield from rubric.value["discover"]
        for block in self.agenda:
            yield block.value

    def rubric_blocks(self: "Issue") -> list:
        """The rubrics, without the free blocks that stand between them."""
        return [block for block in self.rubrics if block.block_type == "rubric"]

    def places_without_page(self: "Issue") -> list[str]:
        """Where a line has lost its page: titles of rubrics, « À la une », « Agenda »."""
        places = [("À la une", [b.value for b in self.featured])]
        for block in self.rubric_blocks():
            value = block.value
            places.append((value["title"], [*value["items"], *value["discover"]]))
        places.append(("Agenda", [b.value for b in self.agenda]))
        return [name for name, lines in places if any(not line["page"] for line in lines)]

    def carried_page_ids(self: "Issue") -> list[int]:
        """The pages that this issue carries, without its agenda: what the ledger remembers."""
        agenda = {id(block.value) for block in self.agenda}
        found = [
            line["page"].pk for line in self.lines() if id(line) not in agenda and line["page"]
        ]
        return list(dict.fromkeys(found))
