"""Payment codes as a hub issues them, by a key of the tests' own."""

from datetime import datetime, timedelta

from shared.clock import to_unix
from shared.payment_code import CardType, Claims, issue_payment_code
from shared.signing import Ed25519Signer, Jwks, PublicJwk


class CodeMint:
    """A hub's signing key and the codes made with it; each code has a secret of its own."""

    def __init__(self, seed: int = 1) -> None:
        self.signer = Ed25519Signer.from_seed(bytes([seed]) * 32)
        self._seed = seed
        self._made = 0

    @property
    def jwks(self) -> Jwks:
        return Jwks(keys=(PublicJwk.of(self.signer.public_bytes),))

    def code(
        self,
        at: datetime,
        *,
        life_s: int = 900,
        rate: int = 10_000,
        offline_limit: int = 50_000,
        currency: str = "TWD",
        card_type: CardType = CardType.STANDARD,
        tier: int = 0,
    ) -> tuple[str, Claims]:
        """The text in the QR and what it claims."""
        self._made += 1
        secret = bytes([self._seed, 7]) * 14 + self._made.to_bytes(4, "big")
        claims = Claims(
            iat=to_unix(at),
            exp=to_unix(at + timedelta(seconds=life_s)),
            code_key=Ed25519Signer.from_seed(secret).public_bytes,
            card_ref=bytes(16),
            card_type=card_type,
            tier=tier,
            rate=rate,
            offline_limit=offline_limit,
            currency=currency,
            last4=1234,
        )
        return issue_payment_code(secret, claims, self.signer)[0], claims
