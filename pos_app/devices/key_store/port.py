"""The port of a key store."""

from typing import Protocol

from shared.signing import Ed25519Signer


class KeyStoreFailed(Exception):
    """The key cannot be read or kept; the text says why and holds nothing of it."""


class KeyStore(Protocol):
    """Keeps one key; it never leaves this machine (protocol.md 3)."""

    def load(self) -> Ed25519Signer | None:
        """The key, if there is one.

        Raises:
            KeyStoreFailed: it is there and cannot be read.
        """
        ...

    def save(self, key: Ed25519Signer) -> None:
        """Keep it, durably.

        Raises:
            KeyStoreFailed: it cannot be kept.
        """
        ...

    def forget(self) -> None:
        """Remove the key; repeating it does nothing.

        Raises:
            KeyStoreFailed: it is still there.
        """
        ...
