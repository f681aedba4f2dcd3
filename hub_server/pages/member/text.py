"""A text of the member's page in both of its languages."""

from dataclasses import dataclass

from shared.problems import Language


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages, so that one without the other cannot be written."""

    zh_TW: str  # noqa: N815 - the language's own name
    en: str

    def of(self, language: Language) -> str:
        """The text in a language."""
        return self.zh_TW if language == "zh_TW" else self.en
