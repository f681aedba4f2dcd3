"""Pasted and typed codes are put right; other codes are told apart by their form."""

import pytest

from pos_app.devices.scanner import CodeKind, is_mangled, text_of_typed, what_is_it
from tests.builders.codes import text_like_a_payment_code


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("  MPS1:AB 7\n", "MPS1:AB 7"),
        ("mps1:ab 7", "MPS1:AB 7"),
        ("MPS1:AB\r\n 7C", "MPS1:AB 7C"),
        ("ＭＰＳ１：ＡＢ\u3000７", "MPS1:AB 7"),
        ("\ufeffMPS1:AB\u200b7", "MPS1:AB7"),
        ("]Q1MPS1:AB7", "MPS1:AB7"),
        ("MPSD1:eyJhbGciOi.x_Y-z", "MPSD1:eyJhbGciOi.x_Y-z"),
        ("mpsd1:EYjHBgCIoI.X_y-Z", "MPSD1:eyJhbGciOi.x_Y-z"),
        ("mps-tx:pay0000012345", "MPS-TX:PAY0000012345"),
        ("mps-charge:0193A5C0-AB", "MPS-CHARGE:0193a5c0-ab"),
        ("https://Example.com/A", "https://Example.com/A"),
        ("", ""),
    ],
)
def test_typed_text_takes_the_form_the_code_has(given: str, clean: str) -> None:
    assert text_of_typed(given) == clean


def test_cleaning_twice_changes_nothing_more() -> None:
    code = text_like_a_payment_code(9)
    assert text_of_typed(code) == code == text_of_typed(text_of_typed(code))


def test_a_huge_text_is_cut_but_stays_too_long_to_pass() -> None:
    assert len(text_of_typed("MPS1:" + "A" * 1_000_000)) == 4_297


@pytest.mark.parametrize(
    ("text", "mangled"),
    [
        ("MPS1:AB 7", False),
        ("https://example.com", False),
        ("MPS1", True),
        ("MPS1:A?", True),
        ("付款碼", True),
    ],
)
def test_what_no_code_of_ours_can_say_is_mangled(text: str, mangled: bool) -> None:
    assert is_mangled(text) is mangled


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MPS1:ABC", CodeKind.PAYMENT),
        ("mps1:abc", CodeKind.PAYMENT),
        ("MPS-TX:PAY0000012345", CodeKind.RECEIPT),
        ("MPS-CHARGE:0193a5c0", CodeKind.OFFLINE_RECEIPT),
        ("MPSD1:eyJ", CodeKind.DECISION),
        ("MPS-ENROL:ABCDE12345@https://hub.example", CodeKind.ENROLMENT),
        ("https://hub.example/relay#eyJ", CodeKind.RELAY),
        ("https://example.com/", CodeKind.WEB_ADDRESS),
        ("WWW.EXAMPLE.COM", CodeKind.WEB_ADDRESS),
        ("WIFI:T:WPA;S:shop;P:secret;;", CodeKind.WIFI),
        ("MPS2:ABC", CodeKind.OTHER),
        ("", CodeKind.OTHER),
        ("x" * 1_000_000, CodeKind.OTHER),
    ],
)
def test_a_codes_kind_is_told_by_its_form(text: str, kind: CodeKind) -> None:
    assert what_is_it(text) is kind


def test_only_codes_of_this_product_are_ours() -> None:
    foreign = {kind for kind in CodeKind if not kind.is_ours}
    assert foreign == {CodeKind.WEB_ADDRESS, CodeKind.WIFI, CodeKind.OTHER}
