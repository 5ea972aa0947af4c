"""A key of thirty digits, typed by hand, is not found; it never breaks."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from home.converters import KeyConverter

pytestmark = pytest.mark.django_db
TOO_LONG = "9" * 30


def addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """The addresses of the letter in the admin that hold a key, with one that is too long."""
    found: list[str] = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += addresses(entry, route)
        elif isinstance(entry, URLPattern) and route.startswith("/admin/lettre/"):
            converters = entry.pattern.converters
            if any(isinstance(one, KeyConverter) for one in converters.values()):
                for name, one in converters.items():
                    value = TOO_LONG if isinstance(one, KeyConverter) else "mot"
                    route = route.replace(f"<{kind(route, name)}:{name}>", value)
                found.append(route)
    return found


def kind(route: str, name: str) -> str:
    return route.split(f":{name}>", maxsplit=1)[0].rpartition("<")[2]


def test_no_address_of_the_letter_breaks_on_a_long_key(admin_client: Client) -> None:
    every = addresses(get_resolver())
    assert len(every) > 15
    for address in every:
        for method in (admin_client.get, admin_client.post):
            assert method(address, follow=True).status_code == 404, address
