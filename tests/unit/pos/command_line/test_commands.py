"""`mps-pos` as a process against a hub behind a socket: exit codes, JSON, and a kill at each failpoint."""

import json
import re
import signal
from pathlib import Path

import cv2
import numpy as np
import pytest

from pos_app.command_line.amounts import why_not_an_amount
from pos_app.command_line.app import run
from pos_app.command_line.exits import Exit
from pos_app.command_line.paper import columns
from shared.journal_entries import Status
from shared.problems import Code
from tests.fakes.hub import Fault
from tests.unit.pos.command_line.conftest import Till

ONLINE_POINTS = (
    "before_charge_commit",
    "after_charge_commit",
    "before_send",
    "after_send_before_read",
    "after_answer_before_store",
    "after_decision_commit",
    "before_receipt",
    "after_receipt",
)
OFFLINE_POINTS = (
    "before_charge_commit",
    "before_advice_commit",
    "after_charge_commit",
    "after_advice_commit",
    "before_receipt",
    "after_receipt",
)


def test_a_charge_online_is_approved_printed_and_its_json_is_as_promised(till: Till) -> None:
    paper = till.folder / "paper.bin"
    ended = till.charge("--printer", f"file://{paper}")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["status"] == "approved"
    assert found["transaction"]["tx_no"] == "PAY0000000001"
    assert found["seq"] == 1
    assert any("PAY0000000001" in line for line in found["receipt"])
    assert paper.stat().st_size > 1_000


def test_a_decline_exits_10_and_doubt_11(till: Till) -> None:
    till.hub.script.declines.append(Code.INSUFFICIENT_BALANCE)
    declined = till.charge()
    assert (declined.returncode, json.loads(declined.stdout)["status"]) == (10, "declined")
    assert "Not charged" in declined.stderr
    till.hub.script.faults.extend([Fault.REPLY_LOST] * 50)
    doubtful = till.charge("--offline", "never")
    assert (doubtful.returncode, json.loads(doubtful.stdout)["status"]) == (11, "in_doubt")
    assert "Result unknown (entry 2)" in doubtful.stderr
    assert "mps-pos sync" in doubtful.stderr


def test_the_next_command_that_writes_tells_which_open_charge_it_has_cancelled(till: Till) -> None:
    till.hub.script.faults.extend([Fault.REPLY_LOST] * 50)
    doubtful = json.loads(till.charge("--offline", "never").stdout)
    till.hub.script.faults.clear()
    synced = till.run("sync", "--json", "--language", "zh_TW")
    again = till.json("sync")[1]
    assert json.loads(synced.stdout)["recovered"] == [
        {"entry_id": doubtful["entry_id"], "seq": doubtful["seq"], "amount": 29900, "payable": 29900}
    ]
    assert "299.00（第 1 筆）已取消；若已扣款會自動退回" in synced.stderr
    assert again["recovered"] == []
    assert json.loads(till.charge().stdout)["recovered"] == []


def test_without_a_line_the_charge_is_approved_offline_and_settles_with_sync(till: Till) -> None:
    till.hub.script.faults.extend([Fault.REPLY_LOST] * 100)
    approved = till.charge()
    assert (approved.returncode, json.loads(approved.stdout)["status"]) == (0, "approved_offline")
    till.hub.script.faults.clear()
    code, found = till.json("sync")
    assert (code, found["queue"]["depth"]) == (0, 0)
    assert len(till.hub.completed()) == 1


@pytest.mark.parametrize("amount", ["0", "-1", "abc", "1e3", "999999999", "1.005", ""])
def test_a_wrong_amount_is_wrong_use_and_writes_nothing(till: Till, amount: str) -> None:
    code = till.hub.mint.code(till.hub.clock.now())[0]
    ended = till.run("charge", f"--amount={amount}", "--code", code)
    assert ended.returncode == 64
    assert "Not charged" in ended.stderr
    assert till.json("journal", "verify") == (0, {"verified": True, "entries": 1})


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("0.00", "more than 0"),
        ("-5", "more than 0"),
        ("1,299", "no commas"),
        ("1.005", "at most 2 decimals"),
        ("1000000", "at most 999,999.99"),
        ("ten", "write 299 or 299.00"),
    ],
)
def test_a_wrong_amount_is_told_by_what_is_wrong_with_it(amount: str, told: str) -> None:
    assert told in why_not_an_amount(amount, 2, "en")


def test_over_the_offline_limit_names_the_limits(till: Till) -> None:
    code = till.hub.mint.code(till.hub.clock.now())[0]
    till.served.close()
    ended = till.run("charge", "--amount", "99999.00", "--code", code)
    assert ended.returncode in (10, 11)
    assert "5,000.00 of 5,000.00" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("charge", "--code", "MPS1:A"), "缺少 --amount。用法見 mps-pos charge --help。未收款。"),
        (("charge", "--amount", "1", "--code"), "--code 後面要給值。用法見 mps-pos charge --help。未收款。"),
        (
            ("charge", "--amount", "1", "--moon"),
            "沒有 --moon 這個選項。用法見 mps-pos charge --help。未收款。",
        ),
        (("statuz",), "沒有這個指令。用法見 mps-pos --help。"),
        (("journal",), "缺少指令。用法見 mps-pos journal --help。"),
        (("scan",), "缺少 FILES。用法見 mps-pos scan --help。"),
        (("status",), "這裡還沒有終端：先用 mps-pos enrol 註冊。"),
    ],
)
def test_wrong_use_is_told_in_the_screens_language_and_of_charges_that_nothing_was_charged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.setenv("MPS_POS_LANGUAGE", "zh_TW")
    monkeypatch.setenv("MPS_POS_DATA_DIR", str(tmp_path))
    assert run(arguments) == 64
    assert capfd.readouterr().err.strip() == told


@pytest.mark.parametrize("hub", ["nonsense", "127.0.0.1:8099", "http://hub.example"])
def test_what_is_no_hubs_address_is_told_how_one_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hub: str
) -> None:
    typed = ("enrol", "--hub", hub, "--code", "X", "--language", "zh_TW", "--data-dir", str(tmp_path))
    assert run(typed) == 64
    told = capfd.readouterr().err
    assert "請寫 https://…" in told
    assert "http://127.0.0.1:" in told


def test_help_lists_the_exit_codes(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(("--help",)) == 0
    lines = capfd.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.split()[:1] and line.split()[0].isdigit()]
    assert listed == [str(code.value) for code in Exit]


def test_scan_prints_codes_alone_and_says_why_there_are_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, blank, missing = tmp_path / "code.png", tmp_path / "blank.png", tmp_path / "missing.png"
    cv2.imwrite(str(code), cv2.resize(cv2.QRCodeEncoder.create().encode("HELLO"), None, fx=8, fy=8))
    cv2.imwrite(str(blank), np.full((200, 200), 255, np.uint8))
    assert run(("scan", str(code), str(blank), "--language", "en")) == 0
    seen = capfd.readouterr()
    assert (seen.out, seen.err) == ("HELLO\n", f"{blank}: no code was found\n")
    assert run(("scan", str(missing), str(tmp_path), "--language", "zh_TW")) == 64
    assert capfd.readouterr().err.splitlines() == [
        f"{missing} 讀不到：找不到檔案",
        f"{tmp_path} 讀不到：不是檔案，或沒有讀取權限",
    ]
    assert run(("scan", str(missing), "--language", "en", "--json")) == 64
    told = json.loads(capfd.readouterr().out)
    assert (told["error"], told["message"]) == (
        "picture_not_found",
        f"{missing} cannot be read: no such file",
    )


def test_to_the_doctor_a_counter_without_camera_and_printer_is_well(till: Till) -> None:
    well = till.run("doctor", "--camera", "none", "--printer", "none")
    default = till.run("doctor")
    assert (well.returncode, default.returncode) == (0, 0), well.stdout + default.stdout
    assert "[note] Printer: none set up" in well.stdout
    assert till.run("doctor", "--camera", "97").returncode == 70


def test_the_journal_is_listed_verified_and_exported_beside_a_writer(till: Till) -> None:
    till.charge()
    listed = [json.loads(line) for line in till.run("journal", "list", "--json").stdout.splitlines()]
    assert [row["type"] for row in listed] == ["genesis", "charge"]
    lines = [json.loads(line) for line in till.run("journal", "export").stdout.splitlines()[1:]]
    assert [row["jws"] for row in lines] == sorted(set(till.hub.received), key=till.hub.received.index)
    assert all(row["decision"] for row in lines)


def test_enrolling_twice_is_refused(till: Till) -> None:
    again = till.run("enrol", "--hub", till.served.address, "--code", "ABCDEFGHJK")
    assert again.returncode == 64


@pytest.mark.slow
@pytest.mark.parametrize("point", ONLINE_POINTS)
def test_killed_at_any_point_of_an_online_charge_nothing_is_lost_or_doubled(till: Till, point: str) -> None:
    till.json("sync")  # entry 0 has its answer: what is killed below is the charge
    killed = till.charge(dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    _holds_after_the_next_start(till)


@pytest.mark.slow
@pytest.mark.parametrize("point", OFFLINE_POINTS)
def test_killed_at_any_point_of_an_offline_charge_nothing_is_lost_or_doubled(till: Till, point: str) -> None:
    hub = till.hub
    till.served.close()
    killed = till.charge(dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert hub.completed() == []
    code, found = till.json("status")
    assert code == 0
    assert till.json("journal", "verify")[0] == 0
    # Entry 0 alone, or charge and advice together: never one of the two.
    assert found["queue"]["depth"] in (0, 1, 2, 3)
    rows = [json.loads(line)["type"] for line in till.run("journal", "list", "--json").stdout.splitlines()]
    approved = point not in ("before_charge_commit", "before_advice_commit")
    assert rows == (["genesis", "charge", "advice"] if approved else ["genesis"])


def _holds_after_the_next_start(till: Till) -> None:
    """Both sides agree, the chain verifies, and no charge stands that the terminal did not keep as approved."""
    code, found = till.json("sync")
    assert (code, found["queue"]["depth"]) == (0, 0)
    assert till.json("journal", "verify")[0] == 0
    rows = [json.loads(line) for line in till.run("journal", "list", "--json").stdout.splitlines()]
    charges = [row["id"] for row in rows if row["type"] == "charge"]
    reversals = [row for row in rows if row["type"] == "reversal"]
    assert len(charges) <= 1
    for charge in charges:
        expected = Status.REVERSED if reversals else Status.COMPLETED
        assert till.hub.outcome(charge) is expected
    assert len(till.hub.completed()) == (len(charges) if not reversals else 0)


def test_the_journal_and_the_status_are_tables_a_person_can_read(till: Till) -> None:
    till.hub.script.declines.append(Code.INSUFFICIENT_BALANCE)
    till.charge()
    till.served.close()
    assert till.charge().returncode == 0
    listed = till.run("journal", "list", "--language", "zh_TW")
    head, *rows = listed.stdout.splitlines()
    assert head.split() == ["序號", "時間", "種類", "金額", "平台的決定"]
    assert [row.split()[3:] for row in rows] == [
        ["啟用", "平台已收下"],
        ["收款", "299.00", "未收款"],
        ["收款", "299.00", "待平台答覆"],
        ["離線核准", "299.00", "待平台答覆"],
    ]
    ends = {columns(row[: row.index(".00") + 3]) for row in rows if ".00" in row}
    assert len(ends) == 1
    status = till.run("status", "--language", "zh_TW").stdout
    assert "2 筆，最早" in status
    assert "／5,000.00" in status
    assert "未設定" in status


def test_the_doctor_speaks_the_screens_language_and_names_what_to_do(till: Till) -> None:
    address = till.served.address
    till.served.close()
    ended = till.run(
        "doctor", "--language", "zh_TW", "--camera", "0", "--printer", "escpos+tcp://127.0.0.1:1"
    )
    assert ended.returncode == 70
    assert address not in ended.stdout
    assert "連不上平台（連線被拒）" in ended.stdout
    for line in ended.stdout.splitlines():
        assert not re.search(r"[A-Z]+_[A-Z]+|no_answer|not_found|refused", line), line
    assert "印表機：離線" in ended.stdout
    wrong = till.run("doctor", "--language", "zh_TW", "--camera", "none", "--printer", "lpt9://x")
    assert "沒有這種印表機位址" in wrong.stdout
