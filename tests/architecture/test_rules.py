"""The rules themselves, each tried on a small file that breaks it and on one that does not."""

from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

from tests.architecture import capability_rules as capability
from tests.architecture import code_rules as code
from tests.architecture import import_rules as imports
from tests.architecture import text_rules as text
from tests.architecture.source import Rule, Source


class Example(NamedTuple):
    rule: Rule
    path: str
    source: str


LONG_FUNCTION = "def charge() -> None:\n" + "    pay()\n" * 70

BROKEN = [
    Example(imports.database_in_its_rooms, "hub_server/cards/rules.py", "from sqlalchemy import select"),
    Example(imports.database_in_its_rooms, "pos_app/syncing/submitter.py", "import pysqlite3.dbapi2"),
    Example(imports.http_in_its_rooms, "pos_app/features/charging/charge.py", "import httpx"),
    Example(imports.http_in_its_rooms, "hub_server/topping_up/start.py", "from httpx import Client"),
    Example(imports.widgets_in_views, "pos_app/features/shift/presenter.py", "from PySide6 import QtWidgets"),
    Example(imports.widgets_in_views, "pos_app/bootstrap.py", "from PySide6.QtWidgets import QApplication"),
    Example(
        imports.qt_above_the_counter, "pos_app/features/shift/flow.py", "from PySide6.QtCore import QObject"
    ),
    Example(
        imports.devices_named_in_bootstrap,
        "pos_app/features/charging/presenter.py",
        "from pos_app.devices.printer.network import NetworkPrinter",
    ),
    Example(
        imports.both_programs_only_in_contract_and_system,
        "tests/hub/test_charge.py",
        "import hub_server.cards\nfrom pos_app.journal import Journal",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/rules.py",
        "from hub_server.cards.queries import card_by_id",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/rules.py",
        "from . import tables",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/queries.py",
        "from hub_server.cards.freeze_card import freeze",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/routes.py",
        "from hub_server.cards.tables import cards",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/freeze_card.py",
        "from hub_server.cards.routes import router",
    ),
    Example(
        capability.pure_files_leave_the_foundation_alone,
        "hub_server/charging/rules.py",
        "from hub_server.settings import Settings",
    ),
    Example(
        capability.capabilities_have_one_door,
        "hub_server/charging/charge_by_code.py",
        "from hub_server.cards.queries import lock_card",
    ),
    Example(capability.capabilities_say_what_they_own, "hub_server/cards/__init__.py", '"""Cards."""'),
    Example(code.modules_stay_small, "shared/long.py", "x = 1\n" * 401),
    Example(code.functions_stay_small, "shared/long.py", LONG_FUNCTION),
    Example(code.rooms_are_named_for_what_they_hold, "shared/utils.py", "x = 1"),
    Example(code.rooms_are_named_for_what_they_hold, "tests/helpers/hub.py", "x = 1"),
    Example(
        code.money_is_whole, "shared/money.py", "def half(minor: int) -> int:\n    return int(minor / 2)"
    ),
    Example(code.money_is_whole, "hub_server/ledger/rules.py", "def total(amounts: list[float]) -> int: ..."),
    Example(code.money_is_whole, "hub_server/charging/rules.py", "def discount() -> float | None: ..."),
    Example(code.money_is_whole, "hub_server/charging/rules.py", "rate = 0.95"),
    Example(code.money_is_whole, "shared/rates.py", "x = float('1')"),
    Example(code.time_comes_from_the_clock, "hub_server/cards/expire.py", "x = datetime.now(UTC)"),
    Example(code.time_comes_from_the_clock, "pos_app/journal/append.py", "x = datetime.datetime.utcnow()"),
    Example(code.time_comes_from_the_clock, "shared/jws.py", "import time\nx = time.time()"),
    Example(code.chance_is_injected, "pos_app/syncing/backoff.py", "import random"),
    Example(code.chance_is_injected, "hub_server/access/otp.py", "from secrets import randbelow"),
    Example(code.chance_is_injected, "hub_server/cards/issue.py", "import uuid\nx = uuid.uuid4()"),
    Example(code.error_codes_are_named, "hub_server/cards/rules.py", "code = 'CARD_EXPIRED'"),
    Example(code.error_codes_are_named, "hub_server/cards/rules.py", "code = Code.CARD_EATEN_BY_DOG"),
    Example(code.tests_wait_for_what_happens, "tests/hub/test_x.py", "time.sleep(1)"),
    Example(code.tests_wait_for_what_happens, "tests/hub/test_x.py", "pytest.skip('later')"),
    Example(code.tests_wait_for_what_happens, "tests/benchmarks/load.py", "pytest.skip('later')"),
    Example(
        code.tests_wait_for_what_happens, "tests/hub/test_x.py", "@pytest.mark.skipif(True)\ndef test(): ..."
    ),
    Example(code.tests_wait_for_what_happens, "tests/hub/test_x.py", "monkeypatch.setattr('a.b.c', 1)"),
    Example(code.nothing_is_left_for_later, "shared/x.py", "try:\n    f()\nexcept ValueError:\n    pass"),
    Example(code.nothing_is_left_for_later, "shared/x.py", "def f() -> None:\n    raise NotImplementedError"),
]

KEPT = [
    Example(imports.database_in_its_rooms, "hub_server/cards/queries.py", "from sqlalchemy import select"),
    Example(imports.database_in_its_rooms, "hub_server/foundation/storage/engine.py", "import sqlalchemy"),
    Example(imports.database_in_its_rooms, "pos_app/journal/tables.py", "import pysqlite3"),
    Example(imports.http_in_its_rooms, "pos_app/hub_client/client.py", "import httpx"),
    Example(imports.http_in_its_rooms, "hub_server/topping_up/gateways/ecpay.py", "import httpx"),
    Example(
        imports.widgets_in_views, "pos_app/features/shift/view.py", "from PySide6.QtWidgets import QLabel"
    ),
    Example(
        imports.qt_above_the_counter,
        "pos_app/features/shift/presenter.py",
        "from PySide6.QtCore import QObject",
    ),
    Example(
        imports.devices_named_in_bootstrap,
        "pos_app/features/charging/presenter.py",
        "from pos_app.devices.printer.port import Printer",
    ),
    Example(
        imports.devices_named_in_bootstrap,
        "pos_app/bootstrap.py",
        "from pos_app.devices.printer.network import NetworkPrinter",
    ),
    Example(
        imports.both_programs_only_in_contract_and_system,
        "tests/contract/test_charge.py",
        "import hub_server.cards\nimport pos_app.journal",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/freeze_card.py",
        "from hub_server.cards import queries\nfrom hub_server.cards.rules import may_freeze",
    ),
    Example(
        capability.each_file_sees_only_what_is_below,
        "hub_server/cards/rules.py",
        "from shared.money import Money",
    ),
    Example(
        capability.pure_files_leave_the_foundation_alone,
        "hub_server/charging/queries.py",
        "from hub_server.foundation.storage import Session",
    ),
    Example(
        capability.capabilities_have_one_door,
        "hub_server/charging/charge_by_code.py",
        "from hub_server.cards import lock_card",
    ),
    Example(
        capability.capabilities_have_one_door,
        "hub_server/charging/queries.py",
        "from hub_server.cards.tables import cards",
    ),
    Example(
        capability.capabilities_have_one_door,
        "hub_server/bootstrap.py",
        "from hub_server.cards.routes import router",
    ),
    Example(
        capability.capabilities_say_what_they_own,
        "hub_server/cards/__init__.py",
        '"""Owns cards: their types, states and limits."""',
    ),
    Example(code.modules_stay_small, "shared/long.py", "x = 1\n" * 400),
    Example(code.functions_stay_small, "shared/long.py", "def a() -> None:\n" + "    pay()\n" * 69),
    Example(code.rooms_are_named_for_what_they_hold, "shared/money.py", "x = 1"),
    Example(code.money_is_whole, "shared/money.py", "def half(minor: int) -> int:\n    return minor // 2"),
    Example(code.money_is_whole, "pos_app/desktop/layout.py", "margin = width / 2"),
    Example(code.tests_wait_for_what_happens, "tests/fakes/line.py", "await asyncio.sleep(0)"),
    Example(code.tests_wait_for_what_happens, "tests/benchmarks/load.py", "time.sleep(pace_s)"),
    Example(code.time_comes_from_the_clock, "shared/clock.py", "x = datetime.now(UTC)"),
    Example(code.time_comes_from_the_clock, "hub_server/cards/expire.py", "x = clock.now()"),
    Example(code.chance_is_injected, "shared/ids.py", "import secrets"),
    Example(code.error_codes_are_named, "hub_server/cards/rules.py", "code = Code.CARD_EXPIRED"),
    Example(
        code.error_codes_are_named,
        "hub_server/audit/names.py",
        "class AuditName(StrEnum):\n    JOURNAL_FORK = 'JOURNAL_FORK'",
    ),
    Example(
        code.tests_wait_for_what_happens, "tests/hub/test_x.py", "monkeypatch.setattr(hub, 'clock', fake)"
    ),
    Example(
        code.nothing_is_left_for_later,
        "shared/x.py",
        "try:\n    f()\nexcept ValueError as e:\n    raise X from e",
    ),
]


def _name(example: Example) -> str:
    return f"{example.rule.__name__}-{example.path}"


@pytest.mark.parametrize("example", BROKEN, ids=_name)
def test_a_rule_points_at_the_file_that_breaks_it(example: Example) -> None:
    violations = list(example.rule(Source.parse(example.path, example.source)))
    assert violations
    assert str(violations[0]).startswith(f"{example.path}:")


@pytest.mark.parametrize("example", KEPT, ids=_name)
def test_a_rule_leaves_alone_what_keeps_it(example: Example) -> None:
    assert list(example.rule(Source.parse(example.path, example.source))) == []


def test_every_rule_is_tried_on_a_file_that_breaks_it() -> None:
    rules = {*imports.RULES, *capability.RULES, *code.RULES}
    assert {example.rule for example in BROKEN} == rules


def test_a_path_of_this_machine_is_found_and_one_that_is_only_spelled_alike_is_not(tmp_path: Path) -> None:
    (tmp_path / "ship").mkdir()
    (tmp_path / "bridge").mkdir()
    page = PurePosixPath("a.md")
    found = list(text.names_no_machine(page, f"one\nsee {tmp_path}/bridge/x.md", tmp_path / "ship"))
    assert [violation.line for violation in found] == [2]
    assert list(text.names_no_machine(page, f"{tmp_path}/galley and /usr/bin", tmp_path / "ship")) == []


def test_a_dangling_relative_path_in_a_document_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "domain.md").write_text("words")
    (tmp_path / "outside.md").write_text("elsewhere")
    page = PurePosixPath("docs/decisions/0001.md")
    (tmp_path / "docs" / "decisions").mkdir()
    said = "[words](../domain.md)\n[no](../gone.md)\n[out](../../../outside.md)"
    found = list(text.relative_paths_lead_somewhere(page, said, tmp_path))
    assert [violation.line for violation in found] == [2, 3]


@pytest.mark.parametrize("mark", ["TO" + "DO", "FIX" + "ME"])
def test_a_mark_for_later_is_found(mark: str) -> None:
    found = list(text.nothing_is_marked_for_later(PurePosixPath("a.py"), f"x = 1  # {mark}: round"))
    assert [violation.line for violation in found] == [1]
