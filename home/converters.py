"""Parts of addresses."""

from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """`<key:name>`: a primary key. A longer number, typed by hand, is not found: SQLite can not
    even compare it."""

    regex = "[0-9]{1,18}"
