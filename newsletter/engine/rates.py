"""How fast messages may leave: a bucket of tokens for each relay and for each limited domain.

The buckets lie in Redis, so that all workers share them; each is filled by Redis's own clock.
Without Redis each worker has buckets of its own, filled at its share of the rate.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import redis
from django.conf import settings

logger = logging.getLogger(__name__)
BURST_SECONDS = 0.25  # what may leave at once after a silence
REDIS_SECONDS = 1.0
RETRY_SECONDS = 5.0
PREFIX = "eqc:rate:"
# KEYS: the buckets. ARGV: tokens wanted, then rate and burst of each bucket. Returns how many are
# granted by all. A clock that was put back only starts anew; nothing waits for it to catch up.
TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local granted, held = tonumber(ARGV[1]), {}
for n, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * n]), tonumber(ARGV[2 * n + 1])
  local found = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(found[1] or burst), tonumber(found[2] or now)
  tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
  held[n] = tokens
  granted = math.min(granted, math.floor(tokens))
end
for n, key in ipairs(KEYS) do
  local life = math.ceil(2 * tonumber(ARGV[2 * n + 1]) / tonumber(ARGV[2 * n])) + 1
  redis.call('HSET', key, 'tokens', tostring(held[n] - granted), 'at', string.format('%.6f', now))
  redis.call('EXPIRE', key, life)
end
return granted
"""


class Limit(NamedTuple):
    """A bucket's name, and its rate in messages a second (> 0)."""

    name: str
    rate: float

    @property
    def burst(self) -> float:
        return max(1.0, self.rate * BURST_SECONDS)


def domain_limits() -> dict[str, Limit]:
    """The limited domains of readers, in lower case; those without a positive rate are free."""
    rates: Mapping[str, float] = settings.LETTER_DOMAIN_RATES
    return {
        domain.lower(): Limit(f"domain:{domain.lower()}", rate)
        for domain, rate in rates.items()
        if rate > 0
    }


class Rates:
    """Asks for tokens. `sharers` says among how many workers a rate is divided without Redis."""

    def __init__(self, sharers: Callable[[], int]) -> None:
        self._redis = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        )
        self._take = self._redis.register_script(TAKE)
        self._sharers = sharers
        self._own: dict[str, tuple[float, float]] = {}  # name: tokens, when
        self._away_until = 0.0
        self._told = False

    def take(self, wanted: int, limits: Sequence[Limit]) -> int:
        """How many of `wanted` messages may leave now, each under all of `limits`."""
        if not limits or wanted <= 0:
            return max(wanted, 0)
        if time.monotonic() >= self._away_until:
            numbers = [value for limit in limits for value in (limit.rate, limit.burst)]
            try:
                keys = [PREFIX + limit.name for limit in limits]
                return int(self._take(keys=keys, args=[wanted, *numbers]))
            except (redis.RedisError, OSError) as error:
                self._away_until = time.monotonic() + RETRY_SECONDS
                if not self._told:
                    self._told = True
                    logger.warning("mailing.rate_alone reason=%s", error)
        return self._take_own(wanted, limits)

    def close(self) -> None:
        self._redis.close()

    def _take_own(self, wanted: int, limits: Sequence[Limit]) -> int:
        now, share = time.monotonic(), max(self._sharers(), 1)
        granted, held = wanted, {}
        for limit in limits:
            burst = max(1.0, limit.burst / share)
            # It begins with one token: Redis may have granted the others an instant ago.
            tokens, at = self._own.get(limit.name, (1.0, now))
            held[limit.name] = min(burst, tokens + (now - at) * limit.rate / share)
            granted = min(granted, int(held[limit.name]))
        for name, tokens in held.items():
            self._own[name] = (tokens - granted, now)
        return granted
