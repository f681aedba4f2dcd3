"""The closed catalogue of errors, and the body that carries one (protocol.md 7, RFC 9457).

`errors.csv` beside this file is the catalogue; `Code` names its rows for the type checker, and a test
holds the two equal.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["zh_TW", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_TW", "en")


class TerminalAction(StrEnum):
    """What a terminal does about an error; `none` means: show it."""

    NONE = "none"
    SIGN_IN = "sign_in"
    UPGRADE = "upgrade"
    WAIT = "wait"
    RETRY = "retry"
    CORRECT = "correct"
    CALL_MANAGER = "call_manager"
    RESCAN = "rescan"
    NEW_CODE = "new_code"
    CHECK_HISTORY = "check_history"
    OTHER_CARD = "other_card"
    TOP_UP = "top_up"


class Code(StrEnum):
    """The codes of `errors.csv`."""

    INVALID_REQUEST = "INVALID_REQUEST"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UPGRADE_REQUIRED = "UPGRADE_REQUIRED"
    RATE_LIMITED = "RATE_LIMITED"
    SYSTEM_BUSY = "SYSTEM_BUSY"
    SERVICE_SUSPENDED = "SERVICE_SUSPENDED"
    INVALID_AMOUNT = "INVALID_AMOUNT"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    MERCHANT_NOT_ACTIVE = "MERCHANT_NOT_ACTIVE"
    TERMINAL_NOT_ACTIVE = "TERMINAL_NOT_ACTIVE"
    ENROLMENT_CODE_INVALID = "ENROLMENT_CODE_INVALID"
    INVALID_QR = "INVALID_QR"
    QR_EXPIRED = "QR_EXPIRED"
    QR_REVOKED = "QR_REVOKED"
    QR_ALREADY_USED = "QR_ALREADY_USED"
    CARD_NOT_ACTIVE = "CARD_NOT_ACTIVE"
    CARD_EXPIRED = "CARD_EXPIRED"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    OFFLINE_NOT_ALLOWED = "OFFLINE_NOT_ALLOWED"
    OFFLINE_LIMIT_EXCEEDED = "OFFLINE_LIMIT_EXCEEDED"
    CLOCK_IMPLAUSIBLE = "CLOCK_IMPLAUSIBLE"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    INVALID_ENTRY = "INVALID_ENTRY"
    JOURNAL_FORK = "JOURNAL_FORK"
    CHARGE_NOT_FOUND = "CHARGE_NOT_FOUND"
    CONTRADICTORY_ENTRY = "CONTRADICTORY_ENTRY"
    TX_NOT_FOUND = "TX_NOT_FOUND"
    NOT_REFUNDABLE = "NOT_REFUNDABLE"
    REFUND_EXCEEDS_REMAINING = "REFUND_EXCEEDS_REMAINING"
    PIN_INVALID = "PIN_INVALID"
    MANAGER_APPROVAL_REQUIRED = "MANAGER_APPROVAL_REQUIRED"
    MEMBER_NOT_ACTIVE = "MEMBER_NOT_ACTIVE"
    PHONE_INVALID = "PHONE_INVALID"
    PHONE_ALREADY_REGISTERED = "PHONE_ALREADY_REGISTERED"
    OTP_INVALID = "OTP_INVALID"
    EXTERNAL_ID_ALREADY_BOUND = "EXTERNAL_ID_ALREADY_BOUND"
    EXTERNAL_LOGIN_FAILED = "EXTERNAL_LOGIN_FAILED"
    CARD_NOT_FOUND = "CARD_NOT_FOUND"
    CARD_TYPE_NOT_SHAREABLE = "CARD_TYPE_NOT_SHAREABLE"
    INVALID_BINDING_PASSWORD = "INVALID_BINDING_PASSWORD"
    INVITATION_INVALID = "INVITATION_INVALID"
    BINDING_LOCKED = "BINDING_LOCKED"
    INVALID_ROLE = "INVALID_ROLE"
    CANNOT_REMOVE_LAST_OWNER = "CANNOT_REMOVE_LAST_OWNER"
    CARD_TYPE_CANNOT_TOP_UP = "CARD_TYPE_CANNOT_TOP_UP"
    GATEWAY_ERROR = "GATEWAY_ERROR"
    WEBHOOK_SIGNATURE_INVALID = "WEBHOOK_SIGNATURE_INVALID"
    CARD_TYPE_HAS_NO_POINTS = "CARD_TYPE_HAS_NO_POINTS"
    SETTLEMENT_EMPTY = "SETTLEMENT_EMPTY"
    INTERNAL_ERROR = "INTERNAL_ERROR"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row of `errors.csv`."""

    code: Code
    http_status: int
    where: str
    terminal_action: TerminalAction
    titles: dict[Language, str]


@cache
def catalogue() -> dict[Code, CatalogueRow]:
    """Every row of `errors.csv` by code."""
    text = resources.files("shared").joinpath("errors.csv").read_text(encoding="utf-8")
    return {
        Code(row["code"]): CatalogueRow(
            code=Code(row["code"]),
            http_status=int(row["http"]),
            where=row["where"],
            terminal_action=TerminalAction(row["terminal_action"]),
            titles={"en": row["en"], "zh_TW": row["zh_TW"]},
        )
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decline as a value: a code, and what makes it plain in this case (English, for logs and the API)."""

    code: Code
    detail: str = ""

    def title(self, language: Language) -> str:
        """The catalogue's words."""
        return catalogue()[self.code].titles[language]


class CodedError(Exception):
    """The root of the errors that a boundary turns into a problem document."""

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        fields: tuple["FieldError", ...] = (),
        retry_after_s: int | None = None,
    ) -> None:
        """`detail` never holds a secret; `fields` point at members of the request."""
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
        self.fields = fields
        self.retry_after_s = retry_after_s


class FieldError(BaseModel):
    """What is wrong with one field: a JSON pointer and a sentence."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    detail: str


class Problem(BaseModel):
    """`application/problem+json` with MPS's members `code`, `request_id`, `errors`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    code: Code
    request_id: str = ""
    errors: tuple[FieldError, ...] = ()


def negotiate_language(accept_language: str | None, default: Language = "en") -> Language:
    """The catalogue language that an `Accept-Language` header (RFC 9110 12.5.4) wants most."""
    best: tuple[int, Language] | None = None
    for item in (accept_language or "").split(","):
        tag, _, parameters = item.strip().partition(";")
        language: Language | None = (
            "zh_TW" if tag.lower().startswith("zh") else "en" if tag.lower().startswith("en") else None
        )
        if language is None:
            continue
        quality = _quality(parameters)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, language)
    return best[1] if best else default


def _quality(parameters: str) -> int:
    """`q=0.8` as 800; 1,000 when there is none; 0 when it is malformed."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1000
    whole, _, fraction = value.partition(".")
    if name.strip() != "q" or whole not in {"0", "1"} or not (fraction + "0").isdecimal():
        return 0
    return min(1000, int(whole) * 1000 + int(fraction[:3].ljust(3, "0")))
