"""The journal as a file: proved standing alone, rescued from a damaged database, and asked for before a terminal is left."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from pos_app.storage.database import FILE_NAME
from shared.journal_entries import verify_entry
from shared.signing import PublicJwk
from tests.fakes.hub import TERMINAL_ID
from tests.log_rules import ExpectedLogs
from tests.unit.pos.command_line.conftest import Till


def entries_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()[1:]]


def seqs_in(file: Path) -> list[int]:
    header = json.loads(file.read_bytes().splitlines()[0])
    verifier = PublicJwk.model_validate(header["public_key"]).verifier()
    return [verify_entry(line["jws"], TERMINAL_ID, verifier).seq for line in entries_in(file)]


def change(till: Till, statement: str) -> None:
    """As somebody with the file and an SQLite would: past the triggers that guard it."""
    connection = sqlite3.connect(till.folder / FILE_NAME)
    triggers = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def spoil(till: Till, text: str) -> None:
    """Bytes of the page that holds a text are flipped, so that the database cannot read it."""
    file = till.folder / FILE_NAME
    content = bytearray(file.read_bytes())
    at = content.index(text.encode())
    page = at // 4096 * 4096
    content[page : page + 8] = b"\xff" * 8
    file.write_bytes(bytes(content))


def test_an_export_is_proved_with_nothing_but_the_file_and_the_hubs_keys(
    quick_till: Till, tmp_path: Path
) -> None:
    till = quick_till
    till.charge()
    file, keys = tmp_path / "out.jsonl", tmp_path / "jwks.json"
    keys.write_text(till.hub.mint.jwks.model_dump_json())
    code, carried = till.json("journal", "export", str(file))
    assert (code, carried["entries"], carried["missing"]) == (0, 2, 0)
    assert file.stat().st_mode & 0o077 == 0
    assert till.run("journal", "export", str(file)).returncode == 64
    elsewhere = till.beside(tmp_path / "another machine")
    code, proof = elsewhere.json("journal", "verify", str(file), "--keys", str(keys))
    assert (code, proof["verified"], proof["entries"], proof["decided"]) == (0, True, 2, 2)
    assert (proof["certified"], proof["keys"]) == (True, "given")
    told = elsewhere.run("journal", "verify", str(file), "--language", "zh_TW").stdout
    assert "檔案驗證通過：2 筆" in told
    assert "平台公鑰取自檔案本身" in told


def test_the_first_bad_entry_of_a_file_is_named_and_what_is_no_export_too(
    quick_till: Till, tmp_path: Path
) -> None:
    till = quick_till
    till.charge()
    till.charge()
    file, changed = tmp_path / "out.jsonl", tmp_path / "changed.jsonl"
    till.run("journal", "export", str(file))
    head, zero, one, two = file.read_bytes().splitlines(keepends=True)
    swapped = one.replace(b'"jws":"eyJ', b'"jws":"eyK')
    # Named is the first one that is wrong or missing.
    for content, seq in (((head, zero, swapped, two), 1), ((head, zero, two), 2), ((head, one, two), 1)):
        changed.write_bytes(b"".join(content))
        ended = till.run("journal", "verify", str(changed), "--json")
        found = json.loads(ended.stdout)
        assert (ended.returncode, found["verified"], found["first_bad"]) == (70, False, seq)
    assert "entry 1 is missing or not" in till.run("journal", "verify", str(changed)).stderr
    changed.write_text("no export\n")
    assert till.json("journal", "verify", str(changed))[1]["fault"] == "header"
    assert till.run("journal", "verify", str(tmp_path / "none")).returncode == 64
    assert till.run("journal", "verify", "--keys", str(file)).returncode == 64
    assert till.run("journal", "verify", str(file), "--keys", str(zero[:1])).returncode == 64


def test_a_changed_entry_is_found_named_and_left_out_of_what_is_carried(
    quick_till: Till, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.command_line", "does not verify")
    till = quick_till
    for _ in range(3):
        till.charge()
    change(till, "UPDATE entries SET jws = replace(jws, 'eyJ', 'eyK') WHERE seq = 2")
    code, found = till.json("journal", "verify")
    assert (code, found["verified"], found["first_bad"]) == (70, False, 2)
    charge = till.charge()
    assert charge.returncode == 70
    assert "journal rescue" in charge.stderr
    assert "Not charged" in charge.stderr
    code, carried = till.json("journal", "export", str(tmp_path / "out.jsonl"))
    assert (code, carried["entries"], carried["missing"], carried["first_missing"]) == (0, 3, 1, 2)
    assert seqs_in(tmp_path / "out.jsonl") == [0, 1, 3]


def test_what_a_damaged_database_no_longer_gives_is_rescued_from_its_bytes(
    till: Till, tmp_path: Path
) -> None:
    for _ in range(5):
        till.charge()
    plain, rescued = tmp_path / "plain.jsonl", tmp_path / "rescued.jsonl"
    till.run("journal", "export", str(plain))
    whole = entries_in(plain)
    plain.unlink()
    spoil(till, whole[3]["jws"])
    code, carried = till.json("journal", "export", str(plain))
    assert code == 0
    assert carried["missing"] > 0
    code, found = till.json("journal", "rescue", str(rescued))
    assert (code, found["entries"], found["missing"]) == (0, 6, 0)
    assert [one["jws"] for one in entries_in(rescued)] == [one["jws"] for one in whole]


def test_a_file_that_is_no_database_any_more_still_gives_what_its_bytes_hold(
    till: Till, tmp_path: Path
) -> None:
    for _ in range(2):
        till.charge()
    file = till.folder / FILE_NAME
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    assert till.run("journal", "export", str(tmp_path / "plain.jsonl")).returncode == 70
    code, found = till.json("journal", "rescue", str(tmp_path / "rescued.jsonl"))
    assert (code, found["entries"]) == (0, 3)
    assert seqs_in(tmp_path / "rescued.jsonl") == [0, 1, 2]


def test_nobody_leaves_while_entries_wait_and_what_was_carried_is_proved_first(
    till: Till, tmp_path: Path
) -> None:
    till.charge()
    till.served.close()
    assert till.charge().returncode == 0
    early, late = tmp_path / "early.jsonl", tmp_path / "late.jsonl"
    till.run("journal", "export", str(early))
    assert till.charge().returncode == 0
    before = (till.folder / FILE_NAME).read_bytes()
    ended = till.run("sign-out")
    assert ended.returncode == 64
    assert "4 entries have no answer" in ended.stderr
    assert "mps-pos sync" in ended.stderr
    assert "--carried FILE" in ended.stderr
    assert till.run("sign-out", "--carried", str(early)).returncode == 64
    assert till.run("sign-out", "--carried", str(tmp_path / "none")).returncode == 64
    assert (till.folder / FILE_NAME).read_bytes() == before
    till.run("journal", "export", str(late))
    code, found = till.json("sign-out", "--carried", str(late))
    assert (code, found["signed_out"]) == (0, True)
    kept = Path(found["journal"])
    # What is set apart is the whole journal, and nothing is left to go on with.
    rows = (
        sqlite3.connect(f"file:{kept / FILE_NAME}?mode=ro", uri=True)
        .execute("SELECT jws FROM entries")
        .fetchall()
    )
    assert [row[0] for row in rows] == [one["jws"] for one in entries_in(late)]
    assert not (till.folder / "terminal.key").exists()
    assert till.run("status").returncode == 64


def test_a_terminal_with_everything_answered_is_left_and_the_place_enrols_anew(quick_till: Till) -> None:
    till = quick_till
    till.charge()
    assert till.json("sync")[1]["queue"]["depth"] == 0
    key = (till.folder / "terminal.key").read_text()
    assert till.run("sign-out", "--language", "zh_TW").stdout.startswith("終端 T07 已登出")
    again = till.run("enrol", "--hub", till.served.address, "--code", "ABCDEFGHJK")
    assert again.returncode == 0, again.stderr
    assert (till.folder / "terminal.key").read_text() != key
    assert len(list((till.folder / "set-apart").iterdir())) == 1
    assert till.run("sign-out").returncode == 64


def test_a_newer_journal_is_refused_by_every_command_and_left_as_it_is(
    quick_till: Till, tmp_path: Path
) -> None:
    till = quick_till
    connection = sqlite3.connect(till.folder / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for command in (("status",), ("sync",), ("sign-out",), ("journal", "export", str(tmp_path / "x"))):
        ended = till.run(*command)
        assert (ended.returncode, "newer version" in ended.stderr) == (70, True), command
    assert not (tmp_path / "x").exists()
