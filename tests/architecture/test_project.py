"""The whole project keeps every rule; the message of a failure holds the rule's why."""

import inspect
from pathlib import PurePosixPath

import pytest

from tests.architecture import capability_rules, code_rules, import_rules, text_rules
from tests.architecture.source import Rule, Source, Violation, project_sources, project_texts

RULES: tuple[Rule, ...] = (*import_rules.RULES, *capability_rules.RULES, *code_rules.RULES)


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return project_sources()


@pytest.fixture(scope="module")
def texts() -> list[tuple[PurePosixPath, str]]:
    return list(project_texts())


def _told(rule: object, broken: list[Violation]) -> str:
    return "\n".join([*map(str, broken), "", inspect.getdoc(rule) or ""])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_source_file_keeps_the_rule(rule: Rule, sources: list[Source]) -> None:
    broken = [violation for source in sources for violation in rule(source)]
    assert not broken, _told(rule, broken)


def test_no_file_names_a_place_on_this_machine(texts: list[tuple[PurePosixPath, str]]) -> None:
    rule = text_rules.names_no_machine
    broken = [violation for path, text in texts for violation in rule(path, text)]
    assert not broken, _told(rule, broken)


def test_every_relative_path_in_a_document_leads_to_a_file(texts: list[tuple[PurePosixPath, str]]) -> None:
    rule = text_rules.relative_paths_lead_somewhere
    broken = [violation for path, text in texts for violation in rule(path, text)]
    assert not broken, _told(rule, broken)


def test_nothing_in_the_project_is_marked_for_later(texts: list[tuple[PurePosixPath, str]]) -> None:
    rule = text_rules.nothing_is_marked_for_later
    broken = [violation for path, text in texts for violation in rule(path, text)]
    assert not broken, _told(rule, broken)


def test_the_rules_read_the_project_and_not_an_empty_folder(sources: list[Source]) -> None:
    rooms = {source.room[0] for source in sources}
    assert {"shared", "hub_server", "pos_app", "tests"} <= rooms


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_says_why(rule: Rule) -> None:
    assert len((inspect.getdoc(rule) or "").split()) >= 10
