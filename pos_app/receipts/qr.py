"""The QR code on a receipt: what it says and how large it becomes (surface.md: ``MPS-TX:`` or ``MPS-CHARGE:``)."""

from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from shared.ids import EntryId

MODULE_DOTS = 8
QUIET_MODULES = 4


def transaction_text(tx_no: str) -> str:
    """The code of a charge that the hub has numbered."""
    return f"MPS-TX:{tx_no}"


def charge_text(entry_id: EntryId) -> str:
    """The code of a charge that has no number yet: the journal entry's id."""
    return f"MPS-CHARGE:{entry_id}"


@lru_cache(maxsize=8)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The code's modules, True for black, with the quiet zone of four; smallest version at error correction M."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in line) for line in code.get_matrix())


def side_dots(text: str, paper: int) -> int:
    """The side of the printed code with its quiet zone: eight dots a module, fewer only if the paper is too narrow."""
    count = len(modules(text))
    return count * min(MODULE_DOTS, paper // count)
