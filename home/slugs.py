"""French slugs: œ and æ keep both letters, apostrophes separate, « n° » is spelt out.

Django's own `slugify` drops œ (« cœur » gives « cur ») and glues elisions (« l'été » gives
« lete »): measured on 5.2.
"""

import re

from django.utils.text import slugify

REPLACED = (
    (re.compile(r"n°\s*", re.IGNORECASE), "numero-"),
    (re.compile(r"œ", re.IGNORECASE), "oe"),
    (re.compile(r"æ", re.IGNORECASE), "ae"),
    (re.compile(r"['’ʼ/|·.&+]"), " "),
)


def french_slugify(text: str, max_length: int = 80) -> str:
    """The slug of a French title, cut at a hyphen under `max_length` characters; may be empty."""
    for pattern, replacement in REPLACED:
        text = pattern.sub(replacement, text)
    slug: str = slugify(text)
    if len(slug) <= max_length:
        return slug
    return slug[: max_length + 1].rpartition("-")[0] or slug[:max_length]
