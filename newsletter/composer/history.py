"""The composer's actions in the page's history."""

from typing import Any

from wagtail.log_actions import LogActionRegistry, LogFormatter

from newsletter.composer.saving import COMPOSE, REDO, UNDO

WORDS = {
    COMPOSE: ("Composition", "{}"),
    UNDO: ("Annulation", "Annulé\u00a0: {}"),
    REDO: ("Rétablissement", "Rétabli\u00a0: {}"),
}


def register(actions: LogActionRegistry) -> None:
    """Each action with the sentence that the history shows."""
    for name, (label, sentence) in WORDS.items():
        actions.register_action(name)(_formatter(label, sentence))


def _formatter(words: str, sentence: str) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        label = words

        def format_message(self, log_entry: Any) -> str:
            return sentence.format(log_entry.data.get("what", ""))

    return Formatter
