"""The operating system's key store, through keyring: Keychain, Credential Manager, Secret Service."""

import logging
from pathlib import Path
from typing import Final

import keyring
from keyring.errors import KeyringError

from pos_app.devices.key_store.port import KeyStore, KeyStoreFailed
from shared.signing import Ed25519Signer, from_base64url, to_base64url

logger = logging.getLogger("mps.pos.key_store")

SERVICE: Final = "mps-pos"


class OsKeyStore:
    """Implements `KeyStore`; each data directory has a key of its own."""

    def __init__(self, folder: Path) -> None:
        """The directory's place names the key."""
        self._name = str(folder.resolve())

    @staticmethod
    def is_there() -> bool:
        """Whether a real store answers on this machine."""
        return keyring.get_keyring().priority >= 1

    def load(self) -> Ed25519Signer | None:
        """The key under this directory's name."""
        try:
            text = keyring.get_password(SERVICE, self._name)
        except KeyringError as error:
            raise KeyStoreFailed("the key store of the operating system does not open") from error
        if text is None:
            return None
        try:
            return Ed25519Signer.from_seed(from_base64url(text))
        except ValueError:
            raise KeyStoreFailed("the key store holds something that is no key") from None

    def save(self, key: Ed25519Signer) -> None:
        """Keep it under this directory's name."""
        try:
            keyring.set_password(SERVICE, self._name, to_base64url(key.seed()))
        except KeyringError as error:
            raise KeyStoreFailed("the key store of the operating system takes no key") from error

    def forget(self) -> None:
        """Remove it."""
        try:
            if keyring.get_password(SERVICE, self._name) is not None:
                keyring.delete_password(SERVICE, self._name)
        except KeyringError as error:
            raise KeyStoreFailed("the key store of the operating system does not let the key go") from error


class FirstThatWorks:
    """The operating system's store where it works, else a file; a key is read from where it is."""

    def __init__(self, os_store: OsKeyStore, file: KeyStore) -> None:
        """Both are asked for a key; the first takes a new one if it can."""
        self._os_store = os_store
        self._file = file

    def load(self) -> Ed25519Signer | None:
        """The file's, else the operating system's."""
        return self._file.load() or (self._os_store.load() if self._os_store.is_there() else None)

    def save(self, key: Ed25519Signer) -> None:
        """Into the operating system's store; into a file where that does not work unattended."""
        if self._os_store.is_there():
            try:
                self._os_store.save(key)
                return
            except KeyStoreFailed as error:
                logger.warning("%s; the key goes into a file of mode 0600", error)
        self._file.save(key)

    def forget(self) -> None:
        """From both: an old key must not come back."""
        self._file.forget()
        if self._os_store.is_there():
            self._os_store.forget()
