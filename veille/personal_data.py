"""What the watch keeps of people: see `home.personal`."""

from home.personal import Holding

HOLDINGS = [
    Holding(
        title="Auteurs des documents signalés",
        purpose="Décrire un document publié\u00a0: qui l'a écrit, dirigé, traduit.",
        people="Auteurs et contributeurs de documents publics.",
        recipients="Le public.",
        source="Le document lui-même, ou la notice d'une autre bibliothèque.",
        basis=lambda: "Mission d'intérêt public (RGPD, art. 6.1.e)",
        kept=lambda: "Tant que la notice existe.",
        fields={
            "veille.Person": ("family_name", "given_name", "qualifier", "variants"),
            "veille.Contribution": ("person", "printed_as", "affiliation"),
        },
    ),
]

NOT_PERSONAL = {
    "veille.Organisation.name": "le nom d'un organisme",
    "veille.AgendaEntry.address": "le lieu d'une manifestation publique",
}
