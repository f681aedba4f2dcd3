"""Why what was typed is no amount, in words."""

import re
from typing import Final

from pos_app.command_line.words import say
from shared.money import MAX_AMOUNT, format_amount
from shared.problems import Language

_DECIMAL: Final = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?", re.ASCII)


def why_not_an_amount(text: str, exponent: int, language: Language) -> str:
    """What is wrong with a text that `parse_amount` has refused."""
    if "," in text or "，" in text:
        return say("amount_comma", language)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return say("amount", language)
    if len(match[2] or "") > exponent:
        return say("amount_decimals", language, count=exponent)
    if text.startswith("-") or not (match[1] + (match[2] or "")).strip("0"):
        return say("amount_nothing", language)
    return say("amount_most", language, most=format_amount(MAX_AMOUNT, exponent))
