"""What a mail server's refusal means, in plain French words. Pure.

Sources: RFC 5321 §4.2 (replies), RFC 3463 (enhanced codes). An enhanced code says more than the
reply's own, and what the server wrote is only asked when neither tells.
"""

import re

ADDRESS = re.compile(r"<?[^\s<>()\"',;:]+@[^\s<>()\"',;:]+>?")
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)")  # and no IP address
UNKNOWN = "Le serveur a refusé sans dire pourquoi."
SILENT = "La connexion s'est coupée\u00a0: personne ne sait si le message est arrivé."
NO_MAILBOX = "L'adresse n'existe pas."
FULL = "La boîte est pleine."
POLICY = "Le serveur refuse notre courrier."
# By enhanced code, its class left out: « subject.detail », else « subject. » alone (RFC 3463 §3).
BY_STATUS = {
    "1.1": NO_MAILBOX,
    "1.2": "Le domaine de l'adresse n'existe pas.",
    "1.3": "L'adresse est mal écrite.",
    "1.6": "La personne a changé d'adresse.",
    "1.7": "Le serveur refuse notre adresse d'expéditeur.",
    "1.8": "Le serveur ne connaît pas le domaine de notre adresse d'expéditeur.",
    "1.10": "Le domaine de l'adresse ne reçoit pas de courrier.",
    "1.": "Le serveur refuse l'adresse.",
    "2.1": "La boîte est fermée.",
    "2.2": FULL,
    "2.3": "Le message est trop lourd pour cette boîte.",
    "2.4": "L'adresse est celle d'une liste qui ne répond pas.",
    "2.": "La boîte ne peut pas recevoir ce message.",
    "3.4": "Le message est trop lourd pour ce serveur.",
    "3.": "Le serveur de messagerie du lecteur est en difficulté.",
    "4.1": "Le serveur du lecteur ne répond pas.",
    "4.2": "La connexion avec le serveur du lecteur s'est coupée.",
    "4.4": "Le domaine de l'adresse n'a pas de serveur de courrier.",
    "4.7": "Le message a attendu trop longtemps.",
    "4.": "Le serveur du lecteur n'a pas pu être joint.",
    "5.3": "Le serveur trouve trop de destinataires.",
    "5.": "Les deux serveurs ne se sont pas compris.",
    "6.": "Le serveur n'accepte pas la forme du message.",
    "7.1": POLICY,
    "7.26": "Le serveur ne reconnaît pas notre signature (SPF, DKIM, DMARC).",
    "7.": POLICY,
}
BY_CODE = {
    421: "Le serveur est momentanément fermé.",
    450: "La boîte est momentanément indisponible.",
    451: "Le serveur a eu un incident.",
    452: "Le serveur manque de place, ou trouve trop de messages d'un coup.",
    530: "Le serveur d'envoi demande de s'identifier.",
    535: "Le serveur d'envoi refuse l'identifiant ou le mot de passe.",
    550: "Le serveur refuse l'adresse.",
    551: "La personne n'est plus sur ce serveur.",
    552: FULL,
    553: "Le serveur refuse l'écriture de l'adresse.",
    554: "Le serveur refuse le message.",
}
# Words of servers, where their codes say too little; the first that is found.
BY_WORDS = (
    (re.compile(r"greylist|grey-list|graylist", re.IGNORECASE), "Le serveur demande d'attendre."),
    (re.compile(r"quota|mailbox (is )?full|over ?quota", re.IGNORECASE), FULL),
    (
        re.compile(r"rate limit|too many|throttl|slow down", re.IGNORECASE),
        "Le serveur trouve que nous envoyons trop vite.",
    ),
    (
        re.compile(r"user unknown|no such (user|mailbox)|does not exist", re.IGNORECASE),
        NO_MAILBOX,
    ),
    (re.compile(r"spam|blacklist|block ?list|reputation|dmarc|spf", re.IGNORECASE), POLICY),
)


def explain(code: int | None, status: str, error: str) -> str:
    """One sentence for a person: « La boîte est pleine. »

    Args:
        code: the SMTP reply's, None where there was none.
        status: the enhanced code (« 5.2.2 »), "" where unknown: `error` may then carry it.
        error: what was recorded, in the server's words or in ours.
    """
    found = status or next(iter(STATUS.findall(error)), "")
    _, _, rest = found.partition(".")
    subject = rest.partition(".")[0]
    by_words = next((words for pattern, words in BY_WORDS if pattern.search(error)), "")
    if said := BY_STATUS.get(rest):
        # « 7.1 » and « .0 » are what servers say of everything: their words may tell more.
        return by_words if rest == "7.1" and by_words else said
    if by_words or (found and f"{subject}." in BY_STATUS):
        return by_words or BY_STATUS[f"{subject}."]
    if code in BY_CODE:
        return BY_CODE[code]
    if code is None:
        return _ours(error)
    if code // 100 == 4:
        return "Le serveur demande de réessayer plus tard."
    return UNKNOWN


def _ours(error: str) -> str:
    """Without a reply, the words recorded are ours already: the first sentence of them."""
    if error.startswith("Connexion perdue (body)"):
        return SILENT
    if error.startswith("Connexion perdue"):
        return "La connexion s'est coupée avant que le message parte."
    return without_addresses(error) or UNKNOWN


def without_addresses(text: str) -> str:
    """`text` where each address is « (adresse) »: servers repeat the reader's in their replies."""
    return ADDRESS.sub("(adresse)", text)
