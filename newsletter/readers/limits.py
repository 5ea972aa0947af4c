"""How often one visitor may ask. Nothing readable is kept: a keyed hash, in the cache, an hour."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from newsletter.addresses import keyed_hash

HOUR_SECONDS = 3600
# Where a proxy of ours may stand. `is_private` would also take in documentation ranges.
NEAR = [
    ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
]


def visitor(request: HttpRequest) -> str:
    """The visitor's IP. Behind a proxy on this machine or network, the one that it vouches for:
    the last of X-Forwarded-For (what stands before it, anybody can write)."""
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        trusted = not peer or any(ip_address(peer) in block for block in NEAR)
        return str(ip_address(forwarded)) if trusted and forwarded else peer
    except ValueError:
        return peer


def within_limit(kind: str, value: str, per_hour: int) -> bool:
    """Counts one request of `value`; False above `per_hour`. A cache that is down lets through."""
    key = f"limit:{kind}:{keyed_hash(value, settings.SECRET_KEY)}"
    if cache.add(key, 1, HOUR_SECONDS):
        return per_hour >= 1
    try:
        count = cache.incr(key)
    except ValueError:  # it expired between the two calls
        return True
    return count is None or count <= per_hour
