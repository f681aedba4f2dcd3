"""What a code's text is, by its form alone: nothing here is verified (that is `shared.payment_code`'s and the hub's)."""

import re
from enum import StrEnum
from typing import Final


class CodeKind(StrEnum):
    """The kinds of code that people hold before a terminal."""

    PAYMENT = "payment"
    RECEIPT = "receipt"
    OFFLINE_RECEIPT = "offline_receipt"
    DECISION = "decision"
    ENROLMENT = "enrolment"
    RELAY = "relay"
    WEB_ADDRESS = "web_address"
    WIFI = "wifi"
    OTHER = "other"

    @property
    def is_ours(self) -> bool:
        """Whether this product made the code (by its form)."""
        return self not in (CodeKind.WEB_ADDRESS, CodeKind.WIFI, CodeKind.OTHER)


_PREFIXES: Final = (
    ("MPS1:", CodeKind.PAYMENT),
    ("MPSD1:", CodeKind.DECISION),
    ("MPS-TX:", CodeKind.RECEIPT),
    ("MPS-CHARGE:", CodeKind.OFFLINE_RECEIPT),
    ("MPS-ENROL:", CodeKind.ENROLMENT),
    ("WIFI:", CodeKind.WIFI),
)
_RELAY: Final = re.compile(r"https?://[^\s/]+/relay#", re.IGNORECASE)
_WEB: Final = re.compile(r"(https?://|www\.)\S", re.IGNORECASE)
_LONGEST_PREFIX_CHARS: Final = 300


def what_is_it(text: str) -> CodeKind:
    """The kind of a code's text, as `text_of_typed` leaves it (protocol.md 2 and 5, surface.md)."""
    head = text[:_LONGEST_PREFIX_CHARS].lstrip()
    upper = head.upper()
    for prefix, kind in _PREFIXES:
        if upper.startswith(prefix):
            return kind
    if _RELAY.match(head):
        return CodeKind.RELAY
    return CodeKind.WEB_ADDRESS if _WEB.match(head) else CodeKind.OTHER
