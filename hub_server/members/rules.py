"""Phones, names and e-mail addresses as they are kept: pure."""

import re
import unicodedata

import phonenumbers

from shared.problems import Code, CodedError

MAX_NAME = 64
_TEXTED = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(?:\.[^@\s\x00-\x1f\x7f.]+)+")


def to_e164(phone: str, default_region: str) -> str:
    """A mobile number in any spelling as E.164: "0912 345 678" is "+886912345678" in TW.

    Raises:
        CodedError: PHONE_INVALID; also for a line that takes no text messages.
    """
    try:
        number = phonenumbers.parse(phone, default_region)
    except phonenumbers.NumberParseException as error:
        raise CodedError(Code.PHONE_INVALID) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise CodedError(Code.PHONE_INVALID)
    if phonenumbers.number_type(number) not in _TEXTED:
        raise CodedError(Code.PHONE_INVALID, "not a mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_name(name: str) -> str:
    """A name in one normal form, without outer spaces.

    Raises:
        CodedError: INVALID_REQUEST; empty, too long, or it holds control or invisible formatting characters
            (they could forge a receipt or a list).
    """
    clean = unicodedata.normalize("NFC", name).strip()
    if not clean or len(clean) > MAX_NAME:
        raise CodedError(Code.INVALID_REQUEST, "a name has 1 to 64 characters")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in clean):
        raise CodedError(Code.INVALID_REQUEST, "a name holds no control characters")
    return clean


def clean_email(email: str | None) -> str | None:
    """An address that can be one; none for an empty text.

    Raises:
        CodedError: INVALID_REQUEST; not the form of an address.
    """
    clean = (email or "").strip()
    if not clean:
        return None
    if _EMAIL.fullmatch(clean) is None:
        raise CodedError(Code.INVALID_REQUEST, "not an e-mail address")
    return clean
