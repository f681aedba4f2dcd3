"""`mps-hub verify-audit` and `mps-hub check --repair` as an administrator types them."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub_server
from hub_server.audit import FILE_NAME
from hub_server.audit.jobs import AuditChain
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import open_context, open_keys
from hub_server.cards.tables import cards
from hub_server.command_line.finding_texts import MEANINGS
from hub_server.foundation.context import Context
from hub_server.settings import Settings
from tests.builders.damage import Superuser

WAIT_S = 60


class Machine:
    """A machine with a hub on it that has demo data and a linked audit log."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.environment = os.environ | {"MPS_HUB_DATA_DIR": str(self.data), "MPS_HUB_LANGUAGE": "en"}
        self.environment |= {"MPS_HUB_PIN_BCRYPT_COST": "4", "MPS_HUB_PASSWORD_BCRYPT_COST": "4"}
        assert self.run("demo-data").returncode == 0
        self.context: Context = open_context(Settings(data_dir=self.data))
        AuditChain(self.context, open_keys(self.context).signer, lambda _lag: None).run()
        self.superuser = Superuser(self.context.database)

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """One command."""
        command = [sys.executable, "-m", "hub_server", *arguments]
        return subprocess.run(
            command,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine of the test's own."""
    made = Machine(tmp_path)
    yield made
    made.context.database.close()


def test_a_sound_audit_log_is_proven_and_a_changed_event_is_named_in_both_languages(machine: Machine) -> None:
    sound, listed = machine.run("verify-audit"), machine.run("verify-audit", "--json")
    assert (sound.returncode, listed.returncode) == (0, 0)
    assert "as it was written" in sound.stdout
    told = json.loads(listed.stdout)
    assert (told["clean"], told["faults"], told["heads"]) == (True, [], 1)
    assert told["linked"] > 0
    machine.superuser.change(audit_events, {"id": 2}, {"actor_id": "somebody else"})
    english, chinese = machine.run("verify-audit"), machine.run("verify-audit", MPS_HUB_LANGUAGE="zh_TW")
    assert (english.returncode, chinese.returncode) == (1, 1)
    assert "audit_event_changed (an audit event was changed): audit event 2:" in english.stdout
    assert "audit_event_changed (審計事件遭更改): audit event 2:" in chinese.stdout
    assert json.loads(machine.run("verify-audit", "--json").stdout)["faults"][0]["subject"] == "audit event 2"


def test_heads_kept_elsewhere_are_read_from_where_they_are_told_to_be(
    machine: Machine, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "kept.jsonl"
    elsewhere.write_text((machine.data / FILE_NAME).read_text(encoding="ascii"), encoding="ascii")
    (machine.data / FILE_NAME).unlink()
    assert json.loads(machine.run("verify-audit", "--json").stdout)["heads"] == 1
    proven = machine.run("verify-audit", "--json", "--heads", str(elsewhere))
    assert (proven.returncode, json.loads(proven.stdout)["heads"]) == (0, 1)
    nowhere = machine.run("verify-audit", "--heads", str(tmp_path / "nowhere"))
    assert nowhere.returncode == 64
    assert "nowhere" in nowhere.stderr
    (tmp_path / "empty").write_text("")
    empty = machine.run("verify-audit", "--heads", str(tmp_path / "empty"))
    assert (empty.returncode, "no signed head" in empty.stderr) == (64, True)


def test_a_repair_says_what_it_did_and_a_second_one_finds_nothing(machine: Machine) -> None:
    with_balance = machine.context.database.read(
        lambda c: c.execute(cards.select().where(cards.c.balance == 500_000)).first()
    )
    assert with_balance is not None
    machine.superuser.change(cards, {"id": with_balance.id}, {"balance": 1, "tier": 3})
    repaired = machine.run("check", "--repair")
    assert repaired.returncode == 0, repaired.stdout
    assert f"Repaired: card {with_balance.id}: balance was 1, is 500000." in repaired.stdout
    again = machine.run("check", "--repair", "--json")
    assert (again.returncode, json.loads(again.stdout)["repaired"]) == (0, [])
    AuditChain(machine.context, open_keys(machine.context).signer, lambda _lag: None).run()
    assert machine.run("verify-audit").returncode == 0


def test_every_finding_is_told_in_both_languages() -> None:
    named: set[str] = set()
    root = Path(hub_server.__file__).parent
    for room in ("audit", "consistency"):
        for path in (root / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id in ("Fault", "Finding") and isinstance(node.args[0], ast.Constant):
                    named.add(str(node.args[0].value))
    assert named == set(MEANINGS)
    assert all(texts["en"] and texts["zh_TW"] for texts in MEANINGS.values())
