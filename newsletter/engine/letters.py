"""The letters of a mailing, prepared once each and kept while they are in use."""

from collections import OrderedDict
from dataclasses import dataclass

from newsletter.engine.envelopes import letter_of
from newsletter.engine.messages import Letter
from newsletter.engine.prepared import PreparedLetter, prepare
from newsletter.engine.signing import signer
from newsletter.models.deliveries import Mailing

KEPT = 32
NO_SENDER = "Le bulletin n'a plus d'adresse d'expéditeur."


class NoSenderError(ValueError):
    """Every message of this content would be refused; the message is for the editors."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A content that may leave: its pieces, who sends it, where its bounces go ("": there)."""

    prepared: PreparedLetter
    sender: str
    returns: str


class Letters:
    """By content. A digest has hundreds: those used last are kept."""

    def __init__(self, mailing: Mailing) -> None:
        self._mailing = mailing
        self._ready: OrderedDict[int, Ready] = OrderedDict()

    def __getitem__(self, content_id: int) -> Ready:
        """Raises NoSenderError, MessageError, LetterError (the key that signs can not be read)."""
        if content_id not in self._ready:
            contents = self._mailing.contents.select_related("mailing__bulletin")
            letter = letter_of(contents.get(pk=content_id))
            self._ready[content_id] = _ready(letter)
            if len(self._ready) > KEPT:
                self._ready.popitem(last=False)
        self._ready.move_to_end(content_id)
        return self._ready[content_id]


def _ready(letter: Letter) -> Ready:
    if not letter.sender_email:
        raise NoSenderError(NO_SENDER)
    return Ready(prepare(letter, signer()), letter.sender_email, letter.bounce_address)
