"""A whole code as somebody shows it: read, verified, and its secret checked (protocol.md 8)."""

import logging
from dataclasses import dataclass, field

from hub_server.payment_codes.fresh_secret import is_secret_of
from shared.payment_code import Claims, InvalidPaymentCode, read_payment_code, split_payment_code
from shared.signing import HubKeys

_log = logging.getLogger("mps.hub.codes")


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code whose certificate verifies and whose secret is the key of it; the secret stays in memory alone."""

    claims: Claims
    _secret: bytes = field(repr=False)

    def is_kept_as(self, secret_hash: str) -> bool:
        """Whether the stored bcrypt hash is this secret's. It takes its time: never ask inside a transaction."""
        try:
            return is_secret_of(self._secret, secret_hash)
        except ValueError:
            # Somebody wrote there what is no hash at all.
            _log.exception("a stored hash is not one", extra={"code_ref": self.claims.code_ref})
            return False


def read_shown_code(text: str, keys: HubKeys) -> ShownCode | None:
    """Read a code's text; None for what is no payment code of this hub (INVALID_QR)."""
    try:
        claims = read_payment_code(text, keys).claims
        secret, _ = split_payment_code(text)
    except InvalidPaymentCode as error:
        _log.info("not a payment code", extra={"reason": str(error)})
        return None
    return ShownCode(claims, secret)
