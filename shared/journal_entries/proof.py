"""A charge's proof: the code's key signs terminal, entry, time and amount (protocol.md 4)."""

from datetime import datetime

from shared.clock import to_wire
from shared.payment_code import Claims, PaymentCode
from shared.signing import Ed25519Verifier, from_base64url, to_base64url


def proof_text(*, terminal_id: str, entry_id: str, at: datetime, amount: int, currency: str) -> str:
    """The six lines that are signed; `amount` in minor units."""
    return "\n".join(("mps-charge-v1", terminal_id, entry_id, to_wire(at), str(amount), currency))


def make_proof(
    code: PaymentCode, *, terminal_id: str, entry_id: str, at: datetime, amount: int, currency: str
) -> str:
    """The proof in base64url; the caller wipes the code afterwards.

    Raises:
        ValueError: the code has been wiped already.
    """
    text = proof_text(terminal_id=terminal_id, entry_id=entry_id, at=at, amount=amount, currency=currency)
    return to_base64url(code.sign(text))


def proof_holds(
    proof: str,
    claims: Claims,
    *,
    terminal_id: str,
    entry_id: str,
    at: datetime,
    amount: int,
    currency: str,
) -> bool:
    """Whether the code's key signed exactly this charge."""
    try:
        signature = from_base64url(proof)
        verifier = Ed25519Verifier(claims.code_key)
    except ValueError:
        return False
    text = proof_text(terminal_id=terminal_id, entry_id=entry_id, at=at, amount=amount, currency=currency)
    return verifier.verifies(signature, text.encode("utf-8"))
