"""What the centre's resources keep of people, and until when: see `home.personal`."""

from home.models import SiteSettings
from home.personal import Holding, Rule
from resources.contacts import contact_months, forget_expired


def _delay() -> str:
    return f"{contact_months()}\u00a0mois après la fin de l'accord"


HOLDINGS = [
    Holding(
        title="Contacts des retours d'expérience",
        purpose="Permettre de joindre qui a mené une action, s'il l'a accepté.",
        people="Personnes qui ont accepté d'être nommées pour un temps.",
        recipients="Le public, tant que l'accord dure\u00a0; jamais les moteurs de recherche du "
        "site.",
        source="La personne elle-même.",
        basis=lambda: str(SiteSettings.LegalBasis.CONSENT.label),
        kept=lambda: f"Affiché jusqu'à la fin de l'accord, effacé {_delay()}.",
        fields={
            "resources.CaseContact": (
                *("name", "function", "organisation", "email", "phone"),
                *("consent_on", "expires_on"),
            ),
            "resources.CaseStudy": ("quote_author",),
        },
    ),
]

RULES = [
    Rule("contacts", "Contacts des retours d'expérience", _delay, forget_expired),
]
