"""What the PIN panel shows at one moment."""

from dataclasses import dataclass

from pos_app.appearance.translations import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class PinScreen:
    """Everything the panel draws. `who` is None where nobody's PIN would do; `can_change`: there is another person."""

    title: Phrase
    head: Phrase
    meaning: Phrase
    means: Phrase
    who: Phrase | None
    can_change: bool
    digits: int
    remark: Phrase | None
    back: Phrase
    action: Phrase
    can_go: bool
    keys_enabled: bool
