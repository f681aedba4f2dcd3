"""The hub's keys in memory (protocol.md 1, 2). Nothing here shows a private part in its representation."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.signing import (
    Ed25519Signer,
    Ed25519Verifier,
    Jwks,
    PublicJwk,
    Verifier,
    from_base64url,
    to_base64url,
)

SERIAL_BYTES = 8
RANDOM_BYTES = 8
SECRET_BYTES = 32
_Secret = Annotated[str, Field(repr=False)]


class KeyMaterial(BaseModel):
    """A key file: base64url texts. The first of `signing` signs; `retired` public keys verify on."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    v: Literal[1] = 1
    signing: Annotated[tuple[str, ...], Field(min_length=1, repr=False)]
    retired: tuple[str, ...] = ()
    card_ref_key: _Secret
    pepper: _Secret

    @model_validator(mode="after")
    def _has_whole_keys(self) -> Self:
        for text in (*self.signing, *self.retired, self.card_ref_key, self.pepper):
            if len(from_base64url(text)) != SECRET_BYTES:
                raise ValueError(f"a key is not {SECRET_BYTES} bytes")
        return self

    @classmethod
    def generate(cls, secrets: tuple[bytes, bytes]) -> Self:
        """New keys; `secrets` are 32 unpredictable bytes for card references, and 32 for the pepper."""
        signer = Ed25519Signer.generate()
        return cls(
            signing=(to_base64url(signer.seed()),),
            card_ref_key=to_base64url(secrets[0]),
            pepper=to_base64url(secrets[1]),
        )


class HubSigningKeys:
    """What signs now, what verifies, and the two secrets that go with them."""

    def __init__(
        self,
        signers: Sequence[Ed25519Signer],
        retired: Sequence[Ed25519Verifier],
        card_ref_key: bytes,
        pepper: bytes,
    ) -> None:
        """The first signer is in use; all signers and the retired keys verify."""
        self.signer = signers[0]
        keys = (*(signer.verifier() for signer in signers), *retired)
        self.verifiers: dict[str, Verifier] = {key.kid: key for key in keys}
        self._public = tuple(key.public_bytes for key in keys)
        # One block of a fixed form, never text: ECB over it is a plain permutation, as protocol.md 1 wants.
        self._block = Cipher(AES256(card_ref_key), ECB())
        self.pepper = pepper

    @classmethod
    def of(cls, material: KeyMaterial) -> Self:
        """Keys from a key file."""
        return cls(
            [Ed25519Signer.from_seed(from_base64url(text)) for text in material.signing],
            [Ed25519Verifier(from_base64url(text)) for text in material.retired],
            from_base64url(material.card_ref_key),
            from_base64url(material.pepper),
        )

    def jwks(self) -> Jwks:
        """The public keys that verify."""
        return Jwks(keys=tuple(PublicJwk.of(public_bytes) for public_bytes in self._public))

    def seal_serial(self, serial: int, random8: bytes) -> bytes:
        """`card_ref`: 16 bytes that only the hub can read; other bytes each time for one card.

        Raises:
            ValueError: not 8 random bytes.
            OverflowError: the serial is not an unsigned integer of 64 bits.
        """
        if len(random8) != RANDOM_BYTES:
            raise ValueError("8 random bytes are needed")
        encryptor = self._block.encryptor()
        return encryptor.update(serial.to_bytes(SERIAL_BYTES, "big") + random8) + encryptor.finalize()

    def open_card_ref(self, card_ref: bytes) -> int:
        """The serial that a `card_ref` hides. (The certificate's signature says whether it is a true one.)

        Raises:
            ValueError: not 16 bytes.
        """
        if len(card_ref) != SERIAL_BYTES + RANDOM_BYTES:
            raise ValueError("a card_ref is 16 bytes")
        decryptor = self._block.decryptor()
        plain = decryptor.update(card_ref) + decryptor.finalize()
        return int.from_bytes(plain[:SERIAL_BYTES], "big")
