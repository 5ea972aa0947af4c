"""What the screen of returns says: why something was decided, and the server's words without an
address. Pure."""

import re

from newsletter.returns.mime import one_line

MAX = 300
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
HIDDEN = "(adresse)"
SENTENCES = {
    "hard": (
        "Le serveur du destinataire dit que cette adresse n'existe pas ou plus. L'abonnement est "
        "terminé\u00a0; seule une nouvelle inscription confirmée rouvrira l'adresse."
    ),
    "soft": (
        "Refus passager (boîte pleine, serveur indisponible…)\u00a0: il est compté. L'abonnement "
        "continue tant que la somme, que le temps efface, reste sous {limit}."
    ),
    "soft-ended": (
        "Refus passagers à répétition\u00a0: leur somme atteint la limite de {limit}. L'abonnement "
        "est terminé\u00a0; la personne peut se réinscrire."
    ),
    "policy": (
        "Le serveur refuse notre courrier (réputation, authentification, contenu ou débit), pas "
        "cette adresse. La personne n'y est pour rien\u00a0: son abonnement continue."
    ),
    "complaint": (
        "La personne a signalé la lettre comme indésirable dans sa messagerie. Ses abonnements "
        "sont terminés et nous ne lui écrirons plus."
    ),
    "unknown": (
        "Ce retour ne dit pas clairement pourquoi la lettre n'est pas arrivée. Dans le doute, rien "
        "ne change pour la personne."
    ),
    "report": (
        "Un service de messagerie nous signale un défaut de notre courrier. Aucun lecteur n'est en "
        "cause."
    ),
    "forwarded": (
        "L'échec concerne une autre adresse, vers laquelle la boîte du lecteur fait suivre. Il est "
        "compté comme passager."
    ),
    "stranger": "Jeton inconnu\u00a0: ce retour ne vient d'aucun de nos envois. Il est ignoré.",
    "gone": "La personne a été effacée, ou l'envoi était un essai\u00a0: rien à changer.",
    "moved": "L'adresse de cette personne a été corrigée depuis cet envoi\u00a0: rien à changer.",
    "renewed": (
        "La personne a confirmé son abonnement après cet envoi\u00a0: ce retour, plus ancien, "
        "ne compte pas."
    ),
    "ended-before": "L'abonnement était déjà terminé\u00a0: rien à changer.",
    "restored": "Annulé\u00a0: l'abonnement a été rétabli par le centre.",
}


def sentence(name: str, *, limit: float = 0.0) -> str:
    """One or two French sentences, at most 300 characters."""
    return SENTENCES[name].format(limit=f"{limit:g}".replace(".", ","))[:MAX]


def mask(text: str, *known: str) -> str:
    """`text` on one line without any address, nor the local part of a `known` one.

    A short local part (« jean ») stands in too many words to be removed alone.
    """
    text = ADDRESS.sub(HIDDEN, one_line(text, 1_000))
    for address in known:
        local, _, domain = address.partition("@")
        if len(local) >= 4:
            pattern = rf"(?<!\w){re.escape(local)}(?:={re.escape(domain)})?(?!\w)"
            text = re.sub(pattern, HIDDEN, text, flags=re.IGNORECASE)
    return text[:MAX]
