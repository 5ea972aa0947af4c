"""Rows that are claimed and may not leave yet: kept apart by domain where a domain has a limit,
so that one that must wait holds nobody else back."""

from collections import deque
from collections.abc import Iterable

from newsletter.engine.claims import Row
from newsletter.engine.rates import Limit, Rates

HELD_SECONDS = 10.0  # of sending, at most, kept in hand


class Shelf:
    """Without a limit every row may leave at once."""

    def __init__(self, rates: Rates | None, relay: Limit | None, domains: dict[str, Limit]) -> None:
        self._rates, self._domains = rates, domains
        self._relay = [relay] if relay else []
        self._free: deque[Row] = deque()
        self._apart: dict[str, deque[Row]] = {domain: deque() for domain in domains}

    def __len__(self) -> int:
        return len(self._free) + sum(map(len, self._apart.values()))

    @property
    def free(self) -> int:
        """Rows that only the relay's own limit holds."""
        return len(self._free)

    def limit_to(self, relay: Limit | None) -> None:
        """Another relay has taken over."""
        self._relay = [relay] if relay else []

    def put(self, rows: Iterable[Row]) -> None:
        if not self._apart:
            self._free.extend(rows)
            return
        for row in rows:
            domain = row.email.rpartition("@")[2].lower()
            self._apart.get(domain, self._free).append(row)

    def room(self, usual: int) -> int:
        """How many more rows to claim: no more than can leave soon."""
        if not self._relay:
            return usual
        soon = max(1, int(self._relay[0].rate * HELD_SECONDS))
        return max(0, min(usual, soon - len(self)))

    def crowded(self) -> list[str]:
        """The domains of which enough is in hand."""
        return [
            domain
            for domain, rows in self._apart.items()
            if len(rows) >= max(1, int(self._domains[domain].rate * HELD_SECONDS))
        ]

    def ready(self) -> list[Row]:
        """Takes the rows that may leave now, by what the buckets grant."""
        found: list[Row] = []
        for domain, rows in self._apart.items():
            found += self._granted(rows, [self._domains[domain], *self._relay])
        return found + self._granted(self._free, self._relay)

    def clear(self) -> list[Row]:
        """Takes everything."""
        found = [row for rows in (self._free, *self._apart.values()) for row in rows]
        for rows in (self._free, *self._apart.values()):
            rows.clear()
        return found

    def _granted(self, rows: deque[Row], limits: list[Limit]) -> list[Row]:
        if not rows:
            return []
        count = self._rates.take(len(rows), limits) if self._rates and limits else len(rows)
        return [rows.popleft() for _ in range(count)]
