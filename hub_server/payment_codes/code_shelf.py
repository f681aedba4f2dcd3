"""Codes of shared screens as this process made them, in memory alone: their text is stored nowhere."""

import threading
from collections import OrderedDict

from hub_server.payment_codes.issue_code import NewCode

SHELF_PLACES = 10_000


class CodeShelf:
    """The newest code of each card, a bounded number; what falls off is made anew when it is asked for."""

    def __init__(self, places: int = SHELF_PLACES) -> None:
        """Empty."""
        self._places = places
        self._codes: OrderedDict[str, NewCode] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, code: NewCode) -> None:
        """Keep a code in the place of the card's last one."""
        with self._lock:
            self._codes[code.card_id] = code
            self._codes.move_to_end(code.card_id)
            while len(self._codes) > self._places:
                self._codes.popitem(last=False)

    def find(self, card_id: str, code_ref: str) -> NewCode | None:
        """That very code, if this process made it and has it still."""
        with self._lock:
            code = self._codes.get(card_id)
        return code if code is not None and code.code_ref == code_ref else None
