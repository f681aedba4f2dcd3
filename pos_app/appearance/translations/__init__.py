"""The one catalogue of what the window says, in Traditional Chinese and English (design.md 3, domain.md "Words").

A text is a value with both languages in it, so that one without the other cannot be written; `all_texts` lists them.
"""

from collections.abc import Iterator
from types import ModuleType

from pos_app.appearance.translations import charging, doors, errors, inbox, rooms, window
from pos_app.appearance.translations.text import Phrase, Text, verbatim

CATALOGUE: tuple[ModuleType, ...] = (charging, doors, errors, inbox, rooms, window)


def all_texts() -> Iterator[tuple[str, Text]]:
    """Every text of the catalogue with its key, such as `charging.IDLE_PROMPT`."""
    for module in CATALOGUE:
        room = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            if isinstance(value, Text):
                yield f"{room}.{name}", value
            elif isinstance(value, dict):
                for key, text in value.items():
                    if isinstance(text, Text):
                        yield f"{room}.{name}.{key}", text


__all__ = ["CATALOGUE", "Phrase", "Text", "all_texts", "verbatim"]
