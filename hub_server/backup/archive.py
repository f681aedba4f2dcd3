"""The file of a copy: a ZIP of the database's copy and the manifest. It comes about whole, or not at all."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from hub_server.backup.errors import CannotCopy, DamagedCopy, ForeignCopy
from hub_server.backup.manifest import Manifest, read_manifest
from hub_server.backup.progress import Progress, Step
from shared.signing import HubKeys

MEMBER = "database"
MANIFEST = "manifest.jws"
MAX_MANIFEST = 65_536
CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_OWNER_ONLY = 0o600


def digest_of(path: Path, progress: Progress) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(Step.PACK, done // 2, size)
    return done, digest.hexdigest()


def write_archive(
    place: Path, copied: Path, manifest: Callable[[int, str], str], *, is_compressed: bool, progress: Progress
) -> None:
    """Pack the copy with what `manifest` makes of its size and hash, on disk before this returns.

    Raises:
        CannotCopy: there is a file of that name already.
    """
    draft = copied.with_name("archive")
    size, sha256 = digest_of(copied, progress)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), manifest(size, sha256))
            member = zipfile.ZipInfo(MEMBER, _EPOCH)
            member.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
            member._compresslevel = 1  # type: ignore[attr-defined]
            done = 0
            with copied.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    done += len(chunk)
                    progress(Step.PACK, (size + done) // 2, size)
        file.flush()
        os.fsync(file.fileno())
    if place.exists():
        raise CannotCopy(f"{place} is there already")
    draft.rename(place)
    sync_folder(place.parent)


def read_archive_manifest(file: Path, keys: HubKeys) -> Manifest:
    """What a copy says of itself.

    Raises:
        DamagedCopy, ForeignCopy, NewerCopy: it is not to be put back.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
                raise ForeignCopy("no manifest")
            return read_manifest(archive.read(MANIFEST).decode("ascii"), keys)
    except KeyError as error:
        raise ForeignCopy("no manifest") from error
    except (zipfile.BadZipFile, UnicodeDecodeError, EOFError) as error:
        raise _unreadable(file) from error


def unpack(file: Path, manifest: Manifest, to: Path, progress: Progress) -> None:
    """Write the database's copy to a new file, proven by the manifest.

    Raises:
        DamagedCopy: it is not what was packed; the new file is worth nothing.
    """
    digest, done = hashlib.sha256(), 0
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with zipfile.ZipFile(file) as archive, os.fdopen(descriptor, "wb") as target:
            with archive.open(MEMBER) as source:
                while (chunk := source.read(CHUNK)) and done <= manifest.size:
                    digest.update(chunk)
                    target.write(chunk)
                    done += len(chunk)
                    progress(Step.UNPACK, done, manifest.size)
            target.flush()
            os.fsync(target.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise DamagedCopy("the database in it cannot be read") from error
    if (done, digest.hexdigest()) != (manifest.size, manifest.sha256):
        raise DamagedCopy("the database in it is not the one that was packed")


def sync_folder(folder: Path) -> None:
    """Let the names in the folder outlive the loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(file: Path) -> CannotCopy:
    """Cut or changed where the archive's own marks are still there; else something else altogether."""
    with file.open("rb") as opened:
        is_archive = opened.read(4) == b"PK\x03\x04"
    return DamagedCopy("the file is not whole") if is_archive else ForeignCopy("no copy of a hub")
