"""Secrets that people and programs show, and what is kept of them: pure (stdlib HMAC and SHA-256)."""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.signing import to_base64url

TOKEN_BYTES = 32
OTP_RANDOM_BYTES = 8
OTP_DIGITS = 6
PREFIX_CHARACTERS = 8
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HINT_CHARACTERS = 4
INITIAL_PASSWORD_BYTES = 15
MIN_PASSWORD_CHARACTERS = 12
MAX_PASSWORD_BYTES = 72
"""All that bcrypt reads; a longer password is refused when it is set, never cut."""
MIN_DIFFERENT_CHARACTERS = 5
MIN_TELLING_CHARACTERS = 4
PLACE_DIGITS = 27
PLACE_KNOWN = timedelta(days=30)
"""How long an address is known as one from which somebody signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpCaps:
    """How many one-time passwords may be sent; each text message costs money."""

    resend_s: int
    per_phone_per_day: int
    per_address_per_hour: int
    per_prefix_per_day: int
    per_day: int
    members_percent: int

    @property
    def strangers_per_day(self) -> int:
        """What is not kept for phones of members."""
        return self.per_day - self.per_day * self.members_percent // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpSent:
    """What was asked for lately by the phone and the address, and what was sent in a day.

    Attributes:
        to_strangers_in_prefix: sent to phones of nobody, of the same country and first digits.
    """

    last_to_phone: datetime | None
    to_phone_in_day: int
    for_address_in_hour: int
    in_day: int
    to_strangers_in_day: int
    to_strangers_in_prefix: int


def otp_wait_s(caps: OtpCaps, sent: OtpSent, at: datetime) -> int:
    """Seconds to wait before another may be sent; 0 for none."""
    if sent.in_day >= caps.per_day or sent.for_address_in_hour >= caps.per_address_per_hour:
        return HOUR // timedelta(seconds=1)
    if sent.to_phone_in_day >= caps.per_phone_per_day:
        return HOUR // timedelta(seconds=1)
    if sent.last_to_phone is None:
        return 0
    gone = (at - sent.last_to_phone) // timedelta(seconds=1)
    return max(0, caps.resend_s - gone)


def phone_prefix(phone: str) -> str:
    """The country and first digits of a phone (E.164): `+8869123`. Whoever sells numbers has them in blocks."""
    return phone[:PREFIX_CHARACTERS]


def is_withheld(caps: OtpCaps, sent: OtpSent, *, is_member: bool) -> bool:
    """Whether the message stays here: strangers have used up their part, of the day or of the prefix.

    Who asks is answered as ever, or the answer would tell whose phone is a member's.
    """
    return not is_member and (
        sent.to_strangers_in_day >= caps.strangers_per_day
        or sent.to_strangers_in_prefix >= caps.per_prefix_per_day
    )


def otp_digits(random: bytes) -> str:
    """Six digits out of 8 random bytes (64 bits: the remainder's bias is below 10⁻¹³)."""
    return f"{int.from_bytes(random, 'big') % 10**OTP_DIGITS:0{OTP_DIGITS}d}"


def otp_hash(pepper: bytes, challenge_id: str, code: str) -> bytes:
    """What is kept of a one-time password: six digits alone could be tried out, so a server key goes in."""
    return hmac.digest(pepper, f"mps-otp-v1:{challenge_id}:{code}".encode(), "sha256")


def same_secret(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def token_text(random: bytes) -> str:
    """An opaque token of 32 random bytes."""
    return to_base64url(random)


def token_hash(token: str) -> bytes:
    """What is kept of a token or API key: 256 random bits need no stretching."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def api_key_text(random: bytes) -> str:
    """A merchant's API key; the prefix lets scanners of leaked secrets know it."""
    return f"mps_key_{to_base64url(random)}"


def key_hint(key: str) -> str:
    """The last characters of an API key, to know it by."""
    return key[-HINT_CHARACTERS:]


def place_digest(login_id: str, address: str) -> str:
    """A login and the address it signs in from, as one name of 64 characters that begins with the login's."""
    digest = hashlib.sha256(f"{login_id} {address}".encode()).hexdigest()
    return f"{login_id}:{digest[:PLACE_DIGITS]}"


def password_fault(password: str, email: str) -> str | None:
    """What is wrong with a new password; none if it may be set. Length counts, not kinds of characters."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < MIN_PASSWORD_CHARACTERS:
        return f"at least {MIN_PASSWORD_CHARACTERS} characters"
    if len(text.encode("utf-8")) > MAX_PASSWORD_BYTES:
        return f"at most {MAX_PASSWORD_BYTES} bytes in UTF-8"
    if len(set(text)) < MIN_DIFFERENT_CHARACTERS:
        return f"at least {MIN_DIFFERENT_CHARACTERS} different characters"
    own = email.partition("@")[0].lower()
    if len(own) >= MIN_TELLING_CHARACTERS and own in text.lower():
        return "not with the e-mail address in it"
    return None


def initial_password(random: bytes) -> str:
    """A password to begin with, of 15 random bytes: 20 characters."""
    return to_base64url(random)
