"""The same stage to play with: the window stays open, the shell shows codes to the camera and cuts the line."""

import contextlib
import os
import subprocess
import sys
import threading
from typing import Final

from ground import LOGS, ROOT, RUN, TERMINAL
from report import say
from stage import Stage, open_stage, pins

from tests.fakes.line import LineFault

_STOP_S: Final = 15
_ROLES: Final = {"cashier": "收銀員 cashier", "store_manager": "店長 store manager"}
_HOW: Final = """
── 怎麼玩 · How to play ────────────────────────────────────────────────
  視窗已註冊，選人員、輸入 PIN、按 Enter 開班，就可以收款。
  The window is enrolled: choose a name, enter the PIN, press Enter to open the shift, and charge.

  在這裡輸入 · Type here:
    code [prepaid|corporate|voucher] [n]   會員拿出付款碼 · a member shows a new payment code
    old        過期的付款碼 · a code that has expired
    desk       把手機拿開 · take the phone away
    cut        斷線 · cut the line           swallow    有去無回 · the line swallows everything
    back       復線 · the line returns       receipts   收據存檔 · save the receipts printed so far
    quit       結束 · end
"""


class Shell:
    """Commands typed beside the window."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._saved = 0

    def obey(self, command: str) -> bool:
        """Do one command; False when it is time to end."""
        match command.split():
            case []:
                return True
            case ["quit" | "q" | "exit"]:
                return False
            case ["code", *wanted]:
                self._show_code(wanted)
            case ["old"]:
                self._stage.camera.show_phone(self._stage.past_code(self._stage.cards("prepaid")[0]))
                say("  過期的碼在鏡頭前 · an expired code is before the camera")
            case ["desk"]:
                self._stage.camera.show_desk()
            case ["cut"]:
                self._change(LineFault.REFUSE, "線斷了 · the line is cut")
            case ["swallow"]:
                self._change(LineFault.SWALLOW, "有去無回 · the line swallows everything")
            case ["back"]:
                self._change(LineFault.NONE, "線回來了 · the line is back")
            case ["receipts"]:
                self._save_receipts()
            case _:
                say(_HOW)
        return True

    def _show_code(self, wanted: list[str]) -> None:
        kinds = [word for word in wanted if not word.isdecimal()] or ["standard"]
        cards = self._stage.cards(kinds[0])
        place = next((int(word) - 1 for word in wanted if word.isdecimal()), 0)
        if not cards:
            say(f"  沒有這種卡 · no such card: {kinds[0]}")
            return
        card = cards[place % len(cards)]
        self._stage.camera.show_phone(self._stage.new_code(card))
        say(f"  {card.member['name']} {card.card_no} 的付款碼在鏡頭前 · its code is before the camera")

    def _change(self, fault: LineFault, words: str) -> None:
        self._stage.line.become(fault)
        say(f"  {words}")

    def _save_receipts(self) -> None:
        fresh = self._stage.printer.receipts[self._saved :]
        if not fresh:
            say("  沒有新收據 · no new receipt")
        for receipt in fresh:
            self._saved += 1
            for path in receipt.save(RUN / f"receipt-{self._saved:02d}"):
                say(f"  {path.relative_to(ROOT)}")


def play() -> int:
    """Open the stage and the window, and obey until the window closes or somebody says `quit`."""
    say("準備中… · getting ready…")
    try:
        with open_stage() as stage:
            stage.terminal.enrol(stage.line.url, stage.demo["enrolment_code"])
            stage.camera.show_phone(stage.new_code(stage.cards("standard")[0]))
            return _with_window(stage)
    except KeyboardInterrupt:
        return 0
    except RuntimeError as why:
        say(f"make run: {why}")
        return 1


def _with_window(stage: Stage) -> int:
    words = [sys.executable, "-m", "pos_app", "--data-dir", str(TERMINAL)]
    words += ["--camera", stage.camera.address, "--printer", stage.printer.address]
    with (LOGS / "terminal.log").open("wb") as log:
        window = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ)
        )
    say(_HOW)
    for name, role, pin in pins(stage.demo):
        say(f"  {name}  {_ROLES.get(role, role)}  PIN {pin}")
    # Reading a line cannot be interrupted, so it has a thread of its own, which the end of the program ends.
    threading.Thread(target=_listen, args=(Shell(stage), window), daemon=True).start()
    try:
        code = window.wait()
    finally:
        _end(window)
    if code not in (0, -15):
        say(f"make run: the window ended with {code}; see {(LOGS / 'terminal.log').relative_to(ROOT)}")
        return 1
    return 0


def _listen(shell: Shell, window: "subprocess.Popen[bytes]") -> None:
    # With no shell to type in, the window alone decides when to end.
    for line in sys.stdin:
        try:
            if not shell.obey(line.strip()):
                window.terminate()
                return
        except (OSError, RuntimeError) as why:
            say(f"  {why}")


def _end(window: "subprocess.Popen[bytes]") -> None:
    if window.poll() is None:
        window.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            window.wait(_STOP_S)
    if window.poll() is None:
        window.kill()
        window.wait(_STOP_S)
