"""The payment code: text ⇄ Base45 ⇄ CBOR ⇄ COSE ⇄ a verified value (protocol.md 1)."""

from shared.payment_code.certificate import (
    CardType,
    Certificate,
    Claims,
    InvalidPaymentCode,
    code_ref_of,
    sign_certificate,
    verify_certificate,
)
from shared.payment_code.code import (
    PREFIX,
    PaymentCode,
    issue_payment_code,
    read_payment_code,
    split_payment_code,
)

__all__ = [
    "PREFIX",
    "CardType",
    "Certificate",
    "Claims",
    "InvalidPaymentCode",
    "PaymentCode",
    "code_ref_of",
    "issue_payment_code",
    "read_payment_code",
    "sign_certificate",
    "split_payment_code",
    "verify_certificate",
]
