"""Exit codes (surface.md): scripts hold on to them."""

from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """What the command came to."""

    DONE = 0
    NOT_PAID = 10
    IN_DOUBT = 11
    WRONG_USE = 64
    NO_LINE = 69
    FAULT = 70


# The backspace keeps the lines as they are.
EXITS_HELP: Final = "\b\n" + "\n".join(
    (
        "Exit codes / 結束碼:",
        f"{Exit.DONE:>4}  done, paid / 完成、已收款",
        f"{Exit.NOT_PAID:>4}  not charged: declined or cancelled / 未收款：被拒絕或已取消",
        f"{Exit.IN_DOUBT:>4}  result unknown: run mps-pos sync / 結果未定：請執行 mps-pos sync",
        f"{Exit.WRONG_USE:>4}  wrong use / 用法不對",
        f"{Exit.NO_LINE:>4}  the hub cannot be reached / 連不上平台",
        f"{Exit.FAULT:>4}  a fault of this machine or program / 機器或程式故障",
    )
)


class CommandFailed(Exception):
    """Said on standard error in the chosen language, then the program ends with `code`."""

    def __init__(self, code: Exit, message: str) -> None:
        """`message` tells what happened and what it means for the money."""
        super().__init__(message)
        self.code = code
        self.message = message
