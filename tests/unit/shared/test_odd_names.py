"""What an entry may not contain: control characters, and instants that are not of this age (protocol.md 4)."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from shared.journal_entries import (
    GenesisData,
    InvalidEntry,
    ShiftOpenData,
    first_prev,
    is_order_ref,
    sign_entry,
    verify_entry,
)
from shared.signing import Ed25519Signer, Ed25519Verifier

TERMINAL = "0199a8f0-0000-7000-8000-000000000000"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("odd", ["\0", "\x1f", "\n", "\x7f", "\x85", "\x9f", "\ud800"])
def test_no_name_and_no_label_holds_a_control_character(odd: str) -> None:
    assert not is_order_ref(f"A{odd}1")
    with pytest.raises(ValidationError):
        ShiftOpenData(cashier=f"a{odd}", shift="s")


@pytest.mark.parametrize("label", ["1", "桌 7 / 外帶", "x" * 64, "é\u00a0\u2028"])
def test_any_other_text_of_64_characters_is_a_label(label: str) -> None:
    assert is_order_ref(label)
    assert not is_order_ref(label * 65)
    assert not is_order_ref("")


@pytest.mark.parametrize(
    ("at", "is_of_this_age"),
    [
        (datetime(1999, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2000, 1, 1, tzinfo=UTC), True),
        (datetime(2199, 12, 31, 23, 59, tzinfo=UTC), True),
        (datetime(2200, 1, 1, tzinfo=UTC), False),
    ],
)
@pytest.mark.parametrize("which", ["at", "contact"])
def test_an_entry_is_of_this_age(at: datetime, is_of_this_age: bool, which: str) -> None:
    signer = Ed25519Signer.generate()

    def sign() -> str:
        return sign_entry(
            terminal_id=TERMINAL,
            seq=0,
            prev=first_prev(TERMINAL),
            entry_id=TERMINAL,
            at=at if which == "at" else NOW,
            contact=at if which == "contact" else NOW,
            data=GenesisData(terminal_id=TERMINAL, app_version="1"),
            signer=signer,
        ).jws

    if is_of_this_age:
        assert verify_entry(sign(), TERMINAL, Ed25519Verifier(signer.public_bytes)).seq == 0
    else:
        with pytest.raises(InvalidEntry):
            sign()
