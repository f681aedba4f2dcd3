"""A sentence in both languages, and the same with its blanks filled in."""

import string
from dataclasses import dataclass

from shared.problems import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with its arguments; which language it is said in is chosen when it is drawn."""

    text: "Text"
    arguments: tuple[tuple[str, "str | Phrase"], ...] = ()

    def said_in(self, language: Language) -> str:
        """The sentence in one language; phrases among the arguments are said in the same."""
        filled = {
            name: value.said_in(language) if isinstance(value, Phrase) else value
            for name, value in self.arguments
        }
        return self.text.pattern(language).format_map(filled)


@dataclass(frozen=True, slots=True)
class Text:
    """One entry of the catalogue: a pattern a language; `{name}` are its blanks."""

    zh: str
    en: str

    def __call__(self, **arguments: "str | Phrase") -> Phrase:
        """Fill the blanks."""
        return Phrase(self, tuple(sorted(arguments.items())))

    def pattern(self, language: Language) -> str:
        """The pattern of a language."""
        return self.zh if language == "zh_TW" else self.en

    def blanks(self, language: Language) -> frozenset[str]:
        """The names of the blanks of a language's pattern."""
        parsed = string.Formatter().parse(self.pattern(language))
        return frozenset(name for _, name, _, _ in parsed if name is not None)


_VERBATIM = Text("{words}", "{words}")


def verbatim(words: str) -> Phrase:
    """What is the same in every language: a name, a number."""
    return _VERBATIM(words=words)
