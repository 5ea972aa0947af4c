"""What the letter keeps of people, and for how long: see `home.personal`."""

from home.models import SiteSettings
from home.personal import Holding, Rule
from newsletter.readers import retention_rules as rules


def _basis() -> str:
    first = SiteSettings.objects.order_by("-site__is_default_site", "pk").first() or SiteSettings()
    return first.get_legal_basis_display()


def _kept() -> str:
    return (
        f"Demande non confirmée\u00a0: {rules.unconfirmed_delay()}. Abonnement\u00a0: tant qu'il "
        f"dure, puis {rules.ended_delay()} avec ses preuves\u00a0; ensuite la personne est effacée "
        "et seule une empreinte illisible de l'adresse reste, pour ne plus lui écrire. Lignes "
        f"d'envoi et retours\u00a0: anonymisés après {rules.deliveries_delay()}. Courriels de "
        f"service\u00a0: {rules.MAIL_DAYS}\u00a0jours."
    )


HOLDINGS = [
    Holding(
        title="Lettre d'information",
        purpose="Envoyer le bulletin demandé, garder la preuve de la demande, ne plus écrire à qui "
        "est parti ou ne reçoit plus. Ni profil, ni mesure d'ouverture, ni suivi des clics.",
        people="Personnes abonnées ou qui ont demandé à l'être.",
        recipients="L'équipe qui prépare la lettre, l'hébergeur et le serveur d'envoi. Aucun "
        "transfert n'est fait par le logiciel.",
        source="La personne elle-même (formulaire du site), ou un fichier dont la provenance est "
        "gardée avec chaque abonnement.",
        basis=_basis,
        kept=_kept,
        fields={
            "newsletter.Subscriber": (
                *("email", "address_hash", "name", "organisation", "created_at"),
                *("data_token", "data_token_at"),
            ),
            "newsletter.Subscription": (
                *("subscriber", "status", "token", "confirmation_token", "frequency", "topics"),
                *("requested_at", "confirmed_at", "ended_at", "end_reason", "leave_reason"),
            ),
            "newsletter.Subscription_topics": ("subscription",),
            "newsletter.ConsentEvent": (
                *("subscription", "kind", "at", "channel", "page", "wording", "wording_version"),
                *("provenance", "detail"),
            ),
            "newsletter.Suppression": ("address_hash", "reason", "at"),
            "newsletter.Delivery": (
                *("subscription", "email", "token", "state", "finished_at", "smtp_code", "error"),
            ),
            "newsletter.Bounce": ("subscriber", "kind", "at", "diagnostic"),
            "newsletter.ReaderMail": ("subscription", "kind", "state", "sent_at"),
        },
    ),
    Holding(
        title="Import de fichiers d'adresses",
        purpose="Reprendre des abonnés d'un autre outil, avec leur provenance.",
        people="Personnes dont l'adresse est dans le fichier\u00a0; qui l'a déposé.",
        recipients="Les comptes qui ont le droit d'importer.",
        source="Un fichier déposé par un compte de l'équipe.",
        basis=_basis,
        kept=lambda: (
            "Fichier\u00a0: oublié dès qu'il est lu, ou le lendemain s'il n'est pas importé. "
            f"Compte rendu, sans adresse\u00a0: {rules.IMPORT_DAYS}\u00a0jours."
        ),
        fields={"newsletter.SubscriberImport": ("content", "mapping", "provenance", "created_by")},
    ),
    Holding(
        title="Traces des envois et des exports",
        purpose="Savoir qui, dans l'équipe, a fait partir une lettre ou sortir des données.",
        people="Comptes de l'équipe.",
        recipients="Les comptes qui en ont le droit, le délégué à la protection des données.",
        source="Le logiciel, à chaque action.",
        basis=lambda: "Obligation légale de sécurité (RGPD, art. 32).",
        kept=lambda: (
            f"Exports\u00a0: {rules.EXPORT_MONTHS}\u00a0mois. Envois\u00a0: avec le numéro envoyé."
        ),
        fields={
            "newsletter.DataExport": ("by", "at", "what"),
            "newsletter.Mailing": ("created_by",),
        },
    ),
    Holding(
        title="Équipe des bulletins",
        purpose="Signer la lettre, recevoir les réponses, prévenir qui la prépare.",
        people="Membres de l'équipe.",
        recipients="L'adresse de l'expéditeur et celle de réponse sont publiques\u00a0; les autres "
        "restent dans l'équipe.",
        source="L'équipe.",
        basis=lambda: "Mission d'intérêt public (RGPD, art. 6.1.e)",
        kept=lambda: "Tant que le bulletin existe.",
        fields={
            "newsletter.Bulletin": ("sender_name", "sender_email", "reply_to", "editors_addresses")
        },
    ),
]

NOT_PERSONAL = {
    "newsletter.SubscriberImport.filename": "le nom d'un fichier",
    "newsletter.Bulletin.needs_second_person": "un réglage",
}

RULES = [
    Rule(
        "unconfirmed",
        "Demandes d'abonnement que personne n'a confirmées",
        rules.unconfirmed_delay,
        rules.unconfirmed,
    ),
    Rule(
        "ended",
        "Personnes sans abonnement, effacées (l'empreinte reste)",
        rules.ended_delay,
        rules.ended,
    ),
    Rule(
        "deliveries",
        "Lignes d'envoi qui perdent l'adresse",
        rules.deliveries_delay,
        rules.deliveries,
    ),
    Rule(
        "orphans",
        "Lignes d'envoi de personnes effacées pendant l'envoi",
        lambda: "aussitôt",
        rules.orphans,
    ),
    Rule("bounces", "Retours qui perdent la personne", rules.deliveries_delay, rules.bounces),
    Rule(
        "reader_mails",
        "Courriels de confirmation, de bienvenue et de lien privé",
        lambda: f"{rules.MAIL_DAYS}\u00a0jours",
        rules.reader_mails,
    ),
    Rule(
        "data_links",
        "Liens privés «\u00a0mes données\u00a0»",
        lambda: f"{rules.MAIL_DAYS}\u00a0jours",
        rules.data_links,
    ),
    Rule(
        "import_drafts",
        "Fichiers déposés et non importés",
        lambda: f"{rules.DRAFT_DAYS}\u00a0jour",
        rules.import_drafts,
    ),
    Rule(
        "imports",
        "Comptes rendus d'import",
        lambda: f"{rules.IMPORT_DAYS}\u00a0jours",
        rules.imports,
    ),
    Rule(
        "data_exports",
        "Journal des exports",
        lambda: f"{rules.EXPORT_MONTHS}\u00a0mois",
        rules.data_exports,
    ),
    Rule(
        "visits",
        "Visites comptées depuis la lettre (anonymes)",
        lambda: f"{rules.VISIT_MONTHS}\u00a0mois",
        rules.visits,
    ),
    Rule(
        "job_runs",
        "Comptes rendus des tâches de nuit",
        lambda: f"{rules.RUN_MONTHS}\u00a0mois",
        rules.job_runs,
    ),
]
