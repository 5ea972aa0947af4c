"""The tag that links of a letter carry, the same for every reader: `?lettre=BULLETIN-NUMBER`. Pure.

It tells from which letter a page is opened, and never by whom.
"""

import re
from html import escape, unescape
from urllib.parse import urlsplit

PARAMETER = "lettre"
MAX_CHARACTERS = 80
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
MAX_SLUG = 40  # a tag stands at a hundred places of a mail that must stay under 100 kB
# What is no page of the centre, or belongs to one reader.
NOT_PAGES = (
    *("/d/", "/abonnement/", "/admin/", "/fichiers/", "/media/", "/static/", "/demo/"),
    *("/contact/", "/donnees-personnelles/", "/mentions-legales/", "/accessibilite/"),
)
HREF = re.compile(r"""(\bhref=)(["'])([^"']*)\2""", re.IGNORECASE)
CLOSING = ".,;:!?)]»'\""


def campaign_name(
    bulletin: str, kind: str, number: int | None, dated: str = "", key: int = 0
) -> str:
    """« en-quelques-clics-12 », « en-quelques-clics-hs2 », « en-quelques-clics-2018-10 »; without
    number nor date, `key` tells the issue."""
    mark = f"hs{number}" if number and kind == "special" else str(number or dated or f"m{key}")
    return f"{_slug(bulletin)}-{mark}"[:MAX_CHARACTERS]


def digest_name(bulletin: str, frequency: str, day: str) -> str:
    """« en-quelques-clics-weekly-2026-11-16 »."""
    return f"{_slug(bulletin)}-{frequency}-{day}"[:MAX_CHARACTERS]


def _slug(text: str) -> str:
    kept = re.sub(r"[^a-z0-9_-]+", "", text.lower())
    return kept[:MAX_SLUG].strip("-") or "lettre"


def tag_links(html: str, text: str, site_url: str, campaign: str) -> tuple[str, str]:
    """The mail's two parts, in which links to the pages of `site_url` carry the tag.

    Left alone: other sites, files, addresses of one reader or of the law, the marks that become a
    reader's own links, and a link that has a tag already. "" as campaign changes nothing.

    Raises:
        ValueError: `campaign` could not stand in an address as it is.
    """
    if not campaign:
        return html, text
    if not NAME.fullmatch(campaign):
        raise ValueError(f"not a campaign: {campaign!r}")
    site_url = site_url.rstrip("/")

    def href(found: re.Match[str]) -> str:
        address = unescape(found[3])
        tagged = _tagged(address, site_url, campaign)
        if tagged == address:
            return found[0]
        return f"{found[1]}{found[2]}{escape(tagged)}{found[2]}"

    def bare(found: re.Match[str]) -> str:
        address = found[0].rstrip(CLOSING)
        return _tagged(address, site_url, campaign) + found[0][len(address) :]

    in_text = re.compile(re.escape(site_url) + r"(?=[/\s?#]|$)[^\s<>]*")
    return HREF.sub(href, html), in_text.sub(bare, text)


def _tagged(address: str, site_url: str, campaign: str) -> str:
    if address != site_url and not address.startswith((f"{site_url}/", f"{site_url}?")):
        return address
    parts = urlsplit(address)
    path = parts.path[len(urlsplit(site_url).path) :] or "/"
    is_file = "." in path.rpartition("/")[2]
    if is_file or path.startswith(NOT_PAGES) or f"{PARAMETER}=" in parts.query:
        return address
    query = f"{parts.query}&" if parts.query else ""
    return parts._replace(query=f"{query}{PARAMETER}={campaign}").geturl()
