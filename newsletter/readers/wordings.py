"""What a person read before they agreed, every version of it.

A version is never changed: a consent points to the one that was shown. A new text is a new entry.
"""

WORDINGS = {
    "2026-11": (
        "J'accepte de recevoir ce bulletin à cette adresse. Elle ne sert qu'à cet envoi\u00a0; "
        "je peux me désabonner à tout moment par le lien présent dans chaque courriel."
    ),
}
WORDING_VERSION = "2026-11"
WORDING = WORDINGS[WORDING_VERSION]
