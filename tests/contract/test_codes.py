"""Every code that the hub may put into a result has its row in the catalogue, and its words at the counter."""

import ast
from pathlib import Path

import hub_server
import shared
from pos_app.appearance.translations.errors import REASONS, SENTENCES
from shared.problems import LANGUAGES, Code, TerminalAction, catalogue

_HUB = Path(hub_server.__file__).parent
# Where entries are judged; what is named there may stand in a result.
_JUDGES = (_HUB / "journal_intake", _HUB / "charging", Path(shared.__file__).parent / "offline_rules.py")


def _codes_named_in(path: Path) -> set[str]:
    """Members of the catalogue, by whatever name the module imports it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "shared.problems"
        for alias in node.names
        if alias.name == "Code"
    }
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }


def _codes_of_results() -> set[Code]:
    files = [file for place in _JUDGES for file in ([place] if place.is_file() else place.rglob("*.py"))]
    return {Code(name) for file in files for name in _codes_named_in(file)}


def test_codes_in_results_are_catalogued_in_both_languages() -> None:
    codes = _codes_of_results()
    assert {Code.INSUFFICIENT_BALANCE, Code.QR_EXPIRED, Code.JOURNAL_FORK, Code.INVALID_ENTRY} <= codes
    for code in codes:
        row = catalogue()[code]
        assert all(row.titles[language] for language in LANGUAGES)
        assert 400 <= row.http_status < 600


def test_the_counter_has_its_own_words_for_every_code_in_a_result() -> None:
    for code in _codes_of_results():
        assert code in SENTENCES or code in REASONS, code
        if catalogue()[code].terminal_action is not TerminalAction.NONE:
            assert REASONS.get(code) or SENTENCES.get(code), code
