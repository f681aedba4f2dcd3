"""What was typed wrongly, in the chosen language; what was typed is not repeated, since it may be a code or a PIN."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pydantic import ValidationError

from pos_app.command_line.words import say
from pos_app.settings import Settings
from shared.problems import LANGUAGES, Language

_CHARGE: Final = "charge"
_COMMANDS: Final = frozenset({"enrol", _CHARGE, "scan", "sync", "status", "doctor", "journal", "sign-out"})
_NAMES: Final = re.compile(r"(--?[a-z][a-z-]*)|([A-Z]{3,})")
_KINDS: Final = (
    ("Missing command", "usage_missing_command"),
    ("Missing", "usage_missing"),
    ("requires an argument", "usage_no_value"),
    ("No such option", "usage_unknown_option"),
    ("No such command", "usage_unknown_command"),
    ("Invalid value for", "usage_wrong_value"),
    ("unexpected extra argument", "usage_too_many"),
)


def language_of(arguments: Sequence[str]) -> Language:
    """The language that was asked for, by what was typed or by the environment; else the default."""
    asked = [after for before, after in pairwise(arguments) if before == "--language"]
    asked += [one.removeprefix("--language=") for one in arguments if one.startswith("--language=")]
    for language in LANGUAGES:
        if language in asked:
            return language
    try:
        return Settings().language
    except ValidationError:
        default: Language = Settings.model_fields["language"].default
        return default


def said_of_usage(problem: str, arguments: Sequence[str]) -> str:
    """The parser's sentence, such as "Missing option '--amount'.", in the language that was asked for."""
    language = language_of(arguments)
    key = next((key for mark, key in _KINDS if mark in problem), "usage_wrong")
    names = _NAMES.search(problem)
    what = next((name for name in names.groups() if name), "") if names else ""
    if not what and "{what}" in say(key, language, what="{what}"):
        key = "usage_wrong"
    return _ended([say(key, language, what=what)], arguments, language)


def said_of_settings(error: ValidationError, arguments: Sequence[str]) -> str:
    """Which settings of the environment are wrong; their values are not repeated."""
    language = language_of(arguments)
    prefix = Settings.model_config.get("env_prefix", "")
    names = [prefix + ".".join(str(part) for part in one["loc"]).upper() for one in error.errors()]
    return _ended([say("setting_wrong", language, name=name) for name in names], arguments, language)


def _ended(sentences: list[str], arguments: Sequence[str], language: Language) -> str:
    command = f"mps-pos {arguments[0]}" if arguments and arguments[0] in _COMMANDS else "mps-pos"
    more = [say("usage_see", language, command=command)]
    if is_charge(arguments):
        more.append(say("not_charged", language))
    return ("" if language == "zh_TW" else " ").join(sentences + more)


def is_charge(arguments: Sequence[str]) -> bool:
    """Whether a charge was asked for."""
    return bool(arguments) and arguments[0] == _CHARGE
