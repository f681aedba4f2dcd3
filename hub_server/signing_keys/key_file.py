"""Where the private keys come from: the settings, or a file that its owner alone may read (protocol.md 2)."""

import json
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr, ValidationError

from hub_server.signing_keys.keys import SECRET_BYTES, HubSigningKeys, KeyMaterial

_log = logging.getLogger("mps.hub.signing_keys")


class KeyFileError(Exception):
    """The hub's keys cannot be had; the message says what to do and holds no key."""


def load_or_make_keys(
    text: SecretStr | None, path: Path, *, may_make: bool, random_bytes: Callable[[int], bytes]
) -> HubSigningKeys:
    """The keys from `text` (the setting) or else from the file, made first where that is allowed.

    Raises:
        KeyFileError: there are none, they are malformed, or others may read the file.
    """
    if text is not None:
        return HubSigningKeys.of(_parse(text.get_secret_value(), "the setting SIGNING_KEYS"))
    if not path.exists():
        if not may_make:
            raise KeyFileError(
                f"there is no key file {path}: copy it from another node, or run `mps-hub migrate`"
            )
        make_key_file(path, random_bytes)
    return HubSigningKeys.of(_parse(_read_private(path), str(path)))


def make_key_file(path: Path, random_bytes: Callable[[int], bytes]) -> None:
    """Make new keys and keep them in a file of mode 0600.

    Raises:
        FileExistsError: there is one already; it is never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    material = KeyMaterial.generate((random_bytes(SECRET_BYTES), random_bytes(SECRET_BYTES)))
    # Whole or not there: a torn key file would lock the hub out of its own signatures.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(material.model_dump(mode="json"), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()
    _log.info("made new hub keys", extra={"path": str(path)})


def _read_private(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(f"{path} has mode {mode:04o}, so others may read it: chmod 600 {path}")
    return path.read_text(encoding="utf-8")


def _parse(text: str, source: str) -> KeyMaterial:
    try:
        return KeyMaterial.model_validate_json(text)
    except ValidationError:
        # Not chained: what was given are keys.
        raise KeyFileError(f"{source} does not hold the hub's keys") from None
