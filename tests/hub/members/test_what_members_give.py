"""Phones, names and addresses as they are kept."""

import pytest

from hub_server.members import to_e164
from hub_server.members.rules import clean_email, clean_name
from shared.problems import Code, CodedError


@pytest.mark.parametrize(
    ("spelled", "kept"),
    [
        ("0912345678", "+886912345678"),
        ("0912-345-678", "+886912345678"),
        ("０９１２３４５６７８", "+886912345678"),
        ("+886 912 345 678", "+886912345678"),
        ("+81 90-1234-5678", "+819012345678"),
    ],
)
def test_a_mobile_number_in_any_spelling_is_kept_as_e164(spelled: str, kept: str) -> None:
    assert to_e164(spelled, "TW") == kept


@pytest.mark.parametrize(
    "rubbish",
    ["12", "abc", "0227001234", "+886", "0912345678 ext 9", "", "+999123456789", "9" * 32, "';--", "٠"],
)
def test_what_takes_no_text_message_is_no_phone(rubbish: str) -> None:
    with pytest.raises(CodedError) as refused:
        to_e164(rubbish, "TW")
    assert refused.value.code is Code.PHONE_INVALID
    assert rubbish not in refused.value.detail or not rubbish


def test_a_name_is_kept_in_one_form_without_outer_spaces() -> None:
    assert clean_name("  Ame\u0301lie 林 ") == "Am\u00e9lie 林"


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x1bb", "a\u202eb", "a\u2028b", "a\u200bb", "x" * 65])
def test_a_name_that_could_forge_a_line_is_refused(name: str) -> None:
    with pytest.raises(CodedError) as refused:
        clean_name(name)
    assert refused.value.code is Code.INVALID_REQUEST


def test_an_address_may_be_missing_and_must_be_one_when_given() -> None:
    assert clean_email(None) is None
    assert clean_email("  ") is None
    assert clean_email("lin@example.tw") == "lin@example.tw"
    for wrong in ("lin", "lin@", "@example.tw", "lin@example", "a b@example.tw", "lin@exa\nmple.tw"):
        with pytest.raises(CodedError) as refused:
            clean_email(wrong)
        assert refused.value.code is Code.INVALID_REQUEST
