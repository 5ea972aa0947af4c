"""Who makes a bulletin: whom the software tells, and who receives a letter first."""

import logging

from wagtail.models import Page
from wagtail.permissions import policy_registry

from newsletter.addresses import AddressError, normalise
from newsletter.models.bulletins import Bulletin

logger = logging.getLogger(__name__)


def editors_of(bulletin: Bulletin) -> list[str]:
    """The addresses that the bulletin names, else those of the active accounts that may change
    it; each once."""
    try:
        if named := bulletin.editors():
            return named
    except AddressError:
        # A draft bulletin is saved without being checked: its accounts are told instead.
        logger.warning("editors.bad_address bulletin=%s", bulletin.pk)
    policy = policy_registry.get_by_type(Page)
    users = policy.users_with_permission_for_instance("change", bulletin).exclude(email="")
    found: dict[str, None] = {}
    for address in users.order_by("pk").values_list("email", flat=True):
        try:
            found[normalise(address)] = None
        except AddressError:
            logger.warning("editors.bad_address bulletin=%s", bulletin.pk)
    return list(found)
