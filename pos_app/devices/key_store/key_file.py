"""A key in a file of mode 0600: where the operating system has no key store that works unattended."""

import os
from pathlib import Path
from typing import Final

from pos_app.devices.key_store.port import KeyStoreFailed
from shared.signing import Ed25519Signer, from_base64url, to_base64url

NAME: Final = "terminal.key"


class KeyFile:
    """Implements `KeyStore` in a data directory."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the key is."""
        self._path = folder / NAME

    def load(self) -> Ed25519Signer | None:
        """The key in the file; one that others may read is refused."""
        try:
            text = self._path.read_text(encoding="ascii")
            mode = self._path.stat().st_mode
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyStoreFailed(f"{self._path} cannot be read") from error
        if os.name == "posix" and mode & 0o077:
            raise KeyStoreFailed(f"{self._path} may be read by others: chmod 600")
        try:
            return Ed25519Signer.from_seed(from_base64url(text.strip()))
        except ValueError:
            # The cause would carry the file's content.
            raise KeyStoreFailed(f"{self._path} holds no key") from None

    def save(self, key: Ed25519Signer) -> None:
        """Write beside, sync, rename: there is a whole key or none."""
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(to_base64url(key.seed()) + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise KeyStoreFailed(f"{self._path} cannot be written") from error

    def forget(self) -> None:
        """Remove the file."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise KeyStoreFailed(f"{self._path} cannot be removed") from error
