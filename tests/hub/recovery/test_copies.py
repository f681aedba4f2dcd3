"""Copies of the hub's database: made while it is written to, proven before they are put back (protocol.md 5)."""

import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hub_server.audit import FILE_NAME as HEADS_FILE
from hub_server.audit.tables import audit_events
from hub_server.backup import CannotCopy, DamagedCopy, DatabaseInUse, ForeignCopy, NewerCopy, NotEmpty
from hub_server.backup.manifest import read_manifest, sign_manifest
from hub_server.backup.restore_backup import JUMP, jump_after
from hub_server.bootstrap import open_context, open_keys
from hub_server.change_feed.tables import feed_events
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import NumberSequence, take_numbers
from hub_server.foundation.storage.incarnation import incarnations
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.clock import to_wire
from shared.signing import Ed25519Signer, to_base64url
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock
from tests.hub.recovery.lost_hub import LostHub, book


def test_a_copy_is_one_moment_of_a_hub_that_goes_on(
    lost: LostHub, hub_context: Context, keys: HubSigningKeys, rows: HubRows, clock: ManualClock
) -> None:
    counter = Counter(hub_context, keys, rows)
    codes = [rows.code(rows.card(50_000)) for _ in range(20)]
    counter.submit(*counter.journal.entries)
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        for code in codes:
            counter.submit(counter.journal.charge(code, 1_000))
            begun.set()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(30)
    made = lost.back_up()
    writer.join()
    assert done.is_set()

    restored = lost.lose()

    assert restored.report.is_clean
    charges = [row["tx_no"] for row in lost.rows(transactions, kind="charge")]
    in_the_copy = [f"PAY{number:010d}" for number in range(1, len(charges) + 1)]
    assert sorted(charges) == in_the_copy
    [told] = [
        row["payload"] for row in rows.rows(outbox, topic="feed") if row["payload"]["kind"] == "covered"
    ]
    assert told["terminal_id"] == counter.terminal_id
    assert told["data"] == {"seq": len(charges)}, "never more than the copy holds"
    assert made.place.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in made.place.parent.glob(".mps-*")) == []


def test_a_restored_hub_begins_anew_where_nothing_was_given_before(
    lost: LostHub, rows: HubRows, hub_context: Context, clock: ManualClock
) -> None:
    rows.card(10_000)
    [taken] = hub_context.database.run(lambda c: take_numbers(c, NumberSequence.MERCHANT))
    heads = lost.context.settings.data_dir / HEADS_FILE
    heads.parent.mkdir(parents=True)
    heads.write_text("{}\n")
    expected = book(hub_context)
    clock.advance(3_600_000)
    lost.back_up()
    copied_at = clock.now()
    clock.advance(3_600_000)

    restored = lost.lose()

    assert lost.differences(expected) == {}
    first, second = sorted(lost.rows(incarnations), key=lambda row: str(row["data_reach"]))
    assert first["restored_at"] is None
    assert second["incarnation"] == restored.incarnation
    assert restored.incarnation.startswith(to_wire(second["data_reach"]))
    assert copied_at - timedelta(minutes=5) < second["data_reach"] <= copied_at
    assert second["restored_at"] == clock.now()
    numbers = lost.context.database.run(
        lambda c: {sequence: take_numbers(c, sequence)[0] for sequence in NumberSequence}
    )
    assert numbers[NumberSequence.MERCHANT] == taken + JUMP + 1
    far = jump_after(clock.now() - second["data_reach"])
    assert far >= JUMP + 3_600_000, "a copy put back once more, later, begins beyond what was given since"
    assert numbers[NumberSequence.TOP_UP] == far + 1, "also those that were never drawn from"
    assert max(row["position"] for row in lost.rows(feed_events)) >= JUMP
    [event] = lost.rows(audit_events, name="RESTORE")
    assert event["data"]["from"] == first["incarnation"]
    assert [path.name for path in heads.parent.glob("audit-heads*")] == [
        f"audit-heads.before-{clock.now():%Y%m%dT%H%M%S}.jsonl"
    ]
    # Two restores of one copy are two incarnations.
    again = lost.lose(replace=True)
    assert again.incarnation != restored.incarnation


def test_what_is_damaged_foreign_or_newer_is_refused_and_changes_nothing(
    lost: LostHub, rows: HubRows, keys: HubSigningKeys, tmp_path: Path
) -> None:
    rows.card(10_000)
    lost.back_up()
    with zipfile.ZipFile(lost.file) as archive:
        text, database = archive.read("manifest.jws").decode(), archive.read("database")
    assert isinstance(keys.signer, Ed25519Signer)
    secrets = (keys.signer.seed(), keys.pepper)
    spelled = [*secrets, *(to_base64url(each).encode("ascii") for each in secrets)]
    assert not any(secret in content for secret in spelled for content in (lost.file.read_bytes(), database))
    manifest = read_manifest(text, keys.verifiers)
    stranger = Settings(data_dir=tmp_path / "stranger")
    opened = open_context(stranger)
    other = open_keys(opened)
    opened.database.close()

    def copy_of(manifest_text: str, content: bytes) -> Path:
        path = tmp_path / "changed.mpsbackup"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.jws", manifest_text)
            archive.writestr("database", content)
        return path

    def file_of(content: bytes) -> Path:
        path = tmp_path / "bytes.mpsbackup"
        path.write_bytes(content)
        return path

    whole, newer = lost.file.read_bytes(), manifest.model_copy(update={"schema_revision": "9999"})
    middle = len(whole) // 2
    kind = "postgresql" if manifest.database == "sqlite" else "sqlite"
    cases: list[tuple[Callable[[], Path], type[CannotCopy]]] = [
        (lambda: file_of(whole[:-100]), DamagedCopy),
        (lambda: file_of(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]), DamagedCopy),
        (lambda: copy_of(text, database[:-1]), DamagedCopy),
        (lambda: copy_of(text, database + b"x"), DamagedCopy),
        (lambda: copy_of(text, database[:100] + b"\0" + database[101:]), DamagedCopy),
        (lambda: copy_of(text[:-6] + "AAAAAA", database), DamagedCopy),
        (lambda: file_of(b"SQLite format 3\0" + bytes(4_096)), ForeignCopy),
        (lambda: file_of(b""), ForeignCopy),
        (lambda: copy_of("nothing", database), ForeignCopy),
        (lambda: copy_of(sign_manifest(manifest, other.signer), database), ForeignCopy),
        (
            lambda: copy_of(
                sign_manifest(manifest.model_copy(update={"database": kind}), keys.signer), database
            ),
            ForeignCopy,
        ),
        (lambda: copy_of(sign_manifest(newer, keys.signer), database), NewerCopy),
        (
            lambda: copy_of(sign_manifest(manifest.model_copy(update={"v": 2}), keys.signer), database),
            NewerCopy,
        ),
    ]
    for number, (made, error) in enumerate(cases):
        with pytest.raises(CannotCopy) as refused:
            lost.lose(made())
        assert type(refused.value) is error, number
    # The place is as empty as it was: the whole copy needs no leave to replace anything.
    assert lost.lose().kept is None


def test_data_that_are_there_are_kept_and_only_replaced_on_request(
    lost: LostHub, rows: HubRows, hub_context: Context, clock: ManualClock
) -> None:
    rows.card(10_000)
    lost.back_up()
    with pytest.raises(CannotCopy, match="there already"):
        lost.back_up()
    lost.lose()
    later = lost.context.database.run(lambda c: take_numbers(c, NumberSequence.CARD))[0]

    with pytest.raises(NotEmpty):
        lost.lose()
    # A hub that still runs holds its database open.
    running = open_context(lost.context.settings, clock)
    running.database.read(lambda c: None)
    with pytest.raises(DatabaseInUse):
        lost.lose(replace=True)
    running.database.close()
    clock.advance(1_000)
    restored = lost.lose(replace=True)

    assert restored.kept is not None
    assert lost.context.database.run(lambda c: take_numbers(c, NumberSequence.CARD))[0] == later
