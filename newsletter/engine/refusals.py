"""Why something is not sent: each refusal with the words that a person reads."""

from newsletter.errors import LetterError
from newsletter.facts import Report
from newsletter.models.deliveries import Mailing


class DispatchError(LetterError):
    """This can not be sent, or not now."""


class NotLiveError(DispatchError):
    """The issue is a draft."""


class NoSubjectError(DispatchError):
    """The mail would have no subject."""


class NoSenderError(DispatchError):
    """The bulletin has no sender's address."""


class NoReaderError(DispatchError):
    """Nobody is subscribed."""


class NoUnsubscribeLinkError(DispatchError):
    """The rendered mail lacks the place of the reader's own link."""


class NotReadyError(DispatchError):
    """The preflight found what forbids the issue to leave: `report`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        found = " ".join(finding.message for finding in report.blocking)
        super().__init__(f"Ce numéro n'est pas bon à diffuser\u00a0: {found}")


class TestAddressError(DispatchError):
    """A test was asked for an unusable address, or too many."""

    __test__ = False  # its name is not a test's


class TestNotSentError(DispatchError):
    """The relay did not take the test for some addresses; nothing more will be tried."""

    __test__ = False


class StillEndingError(DispatchError):
    """A cancelled mailing of the issue has rows in a worker's hands: who they reach is not known
    yet, so neither is who is left."""


class StillChangingError(DispatchError):
    """The issue was published again while it was being drawn."""


class SamePersonError(DispatchError):
    """The bulletin wants a second person, and this one made the last change."""


class MailingExistsError(DispatchError):
    """The issue has a mailing already: `mailing`."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing
        super().__init__(
            f"Ce numéro a déjà l'envoi {mailing.pk} "
            f"(état\u00a0: {mailing.get_state_display().lower()})."
        )


class NotPreparedError(DispatchError):
    """The mailing was asked for so long ago that preparing it now would surprise its readers."""
