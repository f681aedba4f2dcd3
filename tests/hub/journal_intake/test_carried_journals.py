"""A journal that somebody carries to the hub: proven, then taken by the rules of the line (protocol.md 5)."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import open_context, open_keys, prepare_database
from hub_server.command_line.journal_texts import FAULTS
from hub_server.journal_intake import ImportReport, NotThisHubsTerminal, import_export
from hub_server.journal_intake.import_export import MAX_TOLD
from hub_server.settings import Settings
from hub_server.terminals.tables import contact_spells, terminals
from shared.clock import to_wire
from shared.journal_entries import ShiftOpenData, Status
from shared.journal_export import (
    CERTIFICATE_TYP,
    ExportedEntry,
    ExportFault,
    ExportProof,
    prove_export,
    read_export,
    write_export,
)
from shared.jws import sign_jws
from shared.problems import Code
from shared.signing import Ed25519Signer, to_base64url
from shared.strict_json import dumps_object
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.exports import export_file, export_header
from tests.builders.hub_rows import HubRows

WAIT_S = 60
OPERATOR = Actor("system", "command-line")


def _brought(counter: Counter, file: bytes | None = None) -> ImportReport:
    whole = export_file(counter.journal, counter.keys) if file is None else file
    export = read_export(io.BytesIO(whole))
    return import_export(counter.context, counter.tools, export.header, export.entries, actor=OPERATOR)


def test_a_carried_journal_is_taken_by_the_rules_of_the_line_and_as_often_as_it_is_brought(
    offline: Counter,
) -> None:
    card = offline.rows.card()
    sold = offline.journal.charge(offline.rows.code(card), 1_000)
    offline.journal.advice(sold)
    open_charge = offline.journal.charge(offline.rows.code(card), 500)
    spells = offline.rows.rows(contact_spells, terminal_id=offline.terminal_id)
    first = _brought(offline)
    assert offline.rows.rows(contact_spells, terminal_id=offline.terminal_id) == spells
    assert (first.entries, first.verified_through) == (4, 3)
    assert first.counts == {Status.ACCEPTED: 1, Status.COMPLETED: 2, Status.UNCONFIRMED: 1}
    again = _brought(offline)
    assert (again.counts[Status.COMPLETED], again.counts[Status.UNCONFIRMED]) == (2, 1)
    assert [(each.seq, each.status) for each in again.to_look_at] == [(open_charge.seq, Status.UNCONFIRMED)]
    assert offline.balance(card) == 100_000 - 1_000
    events = offline.rows.rows(audit_events, name="JOURNAL_IMPORTED")
    assert [event["subject_id"] for event in events] == [offline.terminal_id] * 2


@pytest.mark.parametrize("status", ["suspended", "retired"])
def test_a_terminal_that_is_suspended_or_retired_brings_its_backlog_to_a_person(
    offline: Counter, status: str
) -> None:
    offline.rows.update(terminals, {"id": offline.terminal_id}, {"status": status})
    sold = offline.journal.charge(offline.rows.code(offline.rows.card()), 1_000)
    offline.journal.advice(sold)
    report = _brought(offline)
    assert report.counts == {Status.ACCEPTED: 1, Status.HELD: 2}
    told = [(each.status, each.refusal and each.refusal.code) for each in report.to_look_at]
    assert told == [(Status.HELD, Code.TERMINAL_NOT_ACTIVE)] * 2


def test_a_long_journal_is_told_by_its_counts(offline: Counter) -> None:
    offline.rows.update(terminals, {"id": offline.terminal_id}, {"status": "retired"})
    code = offline.rows.code(offline.rows.card())
    for _ in range(MAX_TOLD + 1):
        offline.journal.charge(code, 100)
    report = _brought(offline)
    assert report.counts == {Status.ACCEPTED: 1, Status.HELD: MAX_TOLD + 1}
    assert len(report.to_look_at) == MAX_TOLD


def test_another_hubs_terminal_and_another_key_bring_nothing(
    offline: Counter, another: Callable[..., Counter]
) -> None:
    export = read_export(io.BytesIO(export_file(offline.journal, offline.keys)))
    strange = export.header.model_copy(update={"terminal_id": offline.context.ids.new()})
    other = another(offline.shop)
    mixed = export.header.model_copy(update={"terminal_id": other.terminal_id})
    for header in (strange, mixed):
        with pytest.raises(NotThisHubsTerminal):
            import_export(offline.context, offline.tools, header, export.entries, actor=OPERATOR)
    assert offline.rows.rows(audit_events, name="JOURNAL_IMPORTED") == []


class _Machine:
    """A machine with a hub on it, and a terminal's journal in a file."""

    def __init__(self, folder: Path) -> None:
        self.environment = os.environ | {"MPS_HUB_DATA_DIR": str(folder / "data"), "MPS_HUB_LANGUAGE": "en"}
        context = open_context(Settings(data_dir=folder / "data"))
        keys = open_keys(context)
        prepare_database(context)
        self.counter = Counter(context, keys, HubRows(context, keys), lag=TOO_LATE)
        self.keys = folder / "jwks.json"
        self.keys.write_text(keys.jwks().model_dump_json(), encoding="utf-8")
        self.file = folder / "journal.jsonl"

    def run(self, *arguments: object, language: str = "en") -> "subprocess.CompletedProcess[str]":
        """One command."""
        return subprocess.run(
            [sys.executable, "-m", "hub_server", *map(str, arguments)],
            env=self.environment | {"MPS_HUB_LANGUAGE": language},
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )


def test_the_commands_prove_and_bring_in_a_file_and_name_its_first_bad_entry(tmp_path: Path) -> None:
    machine = _Machine(tmp_path)
    counter, journal = machine.counter, machine.counter.journal
    sold = journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    journal.advice(sold)
    machine.file.write_bytes(export_file(journal, counter.keys))
    told = json.loads(machine.run("verify-journal", machine.file, "--json").stdout)
    assert (told["proven"], told["entries"], told["keys"], told["certified"]) == (True, 3, "file", True)
    known = machine.run("verify-journal", machine.file, "--keys", machine.keys)
    assert (known.returncode, "3 entries" in known.stdout, "--keys" in known.stdout) == (0, True, False)
    done = machine.run("import-journal", machine.file, "--json")
    told = json.loads(done.stdout)["imported"]
    assert (done.returncode, told["verified_through"], told["entries"]) == (0, 2, 3)
    assert counter.ask(sold).status is Status.COMPLETED

    late = journal.add(ShiftOpenData(cashier="mei", shift="later"))
    cut = export_file(journal, counter.keys, [*journal.entries[:1], *journal.entries[2:]])
    machine.file.write_bytes(cut)
    for command in ("verify-journal", "import-journal"):
        refused = machine.run(command, machine.file, language="zh_TW")
        assert (refused.returncode, FAULTS[ExportFault.ORDER]["zh_TW"] in refused.stdout) == (1, True)
    assert counter.ask(journal.entries[0]).seq == 0
    partial = machine.run("import-journal", machine.file, "--partial", "--json")
    told = json.loads(partial.stdout)
    assert (partial.returncode, told["first_bad"]["seq"], told["imported"]["verified_through"]) == (
        0,
        2,
        late.seq,
    )

    machine.keys.write_text("{}")
    assert machine.run("verify-journal", machine.file, "--keys", machine.keys).returncode == 64
    assert machine.run("verify-journal", tmp_path / "none").returncode == 64
    strange = replace(journal, terminal_id=counter.context.ids.new(), entries=[])
    strange.genesis()
    machine.file.write_bytes(export_file(strange, counter.keys))
    assert machine.run("import-journal", machine.file).returncode == 64
    counter.context.database.close()


def test_every_fault_has_words_in_both_languages() -> None:
    assert {fault: set(words) for fault, words in FAULTS.items()} == {
        fault: {"en", "zh_TW"} for fault in ExportFault
    }


def test_a_terminal_that_a_restore_forgot_is_registered_again_by_what_it_carries(counter: Counter) -> None:
    ids, keys, signer = counter.context.ids, counter.keys, Ed25519Signer.generate()
    lost = replace(counter.journal, terminal_id=ids.new(), signer=signer, entries=[])
    lost.genesis()
    header = export_header(lost, keys)
    told: dict[str, object] = {
        "terminal": lost.terminal_id,
        "terminal_no": "T009",
        "public_key": to_base64url(signer.public_bytes),
        "merchant": counter.shop.merchant_id,
        "store": counter.shop.store_id,
        "enrolled_at": to_wire(counter.context.clock.now()),
    }
    certificate = sign_jws(CERTIFICATE_TYP, keys.signer.kid, dumps_object(told), keys.signer)
    header = header.model_copy(update={"certificate": certificate})
    file = b"".join(write_export(header, [ExportedEntry(entry.jws) for entry in lost.entries]))
    proof = prove_export(read_export(io.BytesIO(file)), keys.verifiers)

    def bring(proof: ExportProof | None) -> ImportReport:
        export = read_export(io.BytesIO(file))
        return import_export(
            counter.context, counter.tools, export.header, export.entries, actor=OPERATOR, proof=proof
        )

    with pytest.raises(NotThisHubsTerminal):
        bring(None)
    report = bring(proof)
    assert (report.counts, report.verified_through) == ({Status.ACCEPTED: 1}, 0)
    assert counter.rows.one(terminals, id=lost.terminal_id)["terminal_no"] == "T009"
