"""What may follow `--camera`: a device's number, a video, pictures, a stream's address, or `none` (surface.md)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
_STREAM_SCHEMES = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "udp", "tcp"})
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)://")
_HIGHEST_INDEX = 99


@dataclass(frozen=True, slots=True)
class NoCamera:
    """The terminal works without one: codes come from a scanner, typed or pasted."""


@dataclass(frozen=True, slots=True)
class DeviceIndex:
    """The operating system's n-th camera, from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A recording, played at its own pace."""

    path: Path


@dataclass(frozen=True, slots=True)
class Pictures:
    """A folder of pictures shown in the order of their names, or one picture."""

    path: Path


@dataclass(frozen=True, slots=True, repr=False)
class Stream:
    """A network camera. The address can hold a password, so its repr shows the host alone."""

    url: str

    def __repr__(self) -> str:
        parts = urlsplit(self.url)
        return f"Stream({parts.scheme}://{parts.hostname}…)"


CameraAddress = NoCamera | DeviceIndex | VideoFile | Pictures | Stream


class AddressFault(StrEnum):
    """Why a camera's address is refused; a stable code, the catalogues have the words."""

    EMPTY = "camera_address_empty"
    BAD_INDEX = "camera_index_bad"
    UNKNOWN_SCHEME = "camera_scheme_unknown"
    NO_HOST = "camera_host_missing"
    NOT_FOUND = "camera_file_not_found"
    NO_PICTURES = "camera_folder_empty"


class CameraAddressInvalid(ValueError):
    """The text after `--camera` names no camera. `text` is what was given, without a stream's credentials."""

    def __init__(self, fault: AddressFault, text: str) -> None:
        self.fault = fault
        self.text = re.sub(r"//[^/@]*@", "//…@", text)
        super().__init__(f"{fault.value}: {self.text}")


def parse_camera_address(text: str) -> CameraAddress:
    """Read a camera's address.

    Raises:
        CameraAddressInvalid: it is none of the five kinds, or names a file or folder that is not there.
    """
    given = text.strip()
    if not given:
        raise CameraAddressInvalid(AddressFault.EMPTY, text)
    if given.lower() == "none":
        return NoCamera()
    if re.fullmatch(r"[+-]?[0-9]+", given):
        return _index(given)
    scheme = _SCHEME.match(given)
    if scheme is None:
        return _on_disk(Path(given).expanduser(), given)
    name = scheme.group(1).lower()
    if name == "file":
        return _on_disk(Path(unquote(urlsplit(given).path)), given)
    if name not in _STREAM_SCHEMES:
        raise CameraAddressInvalid(AddressFault.UNKNOWN_SCHEME, given)
    return _stream(given)


def _index(given: str) -> DeviceIndex:
    # The length first: a number of a million digits is not worth converting.
    if not given.isdecimal() or len(given) > 2 or int(given) > _HIGHEST_INDEX:
        raise CameraAddressInvalid(AddressFault.BAD_INDEX, given[:40])
    return DeviceIndex(int(given))


def _stream(given: str) -> Stream:
    try:
        host = urlsplit(given).hostname
    except ValueError as wrong:
        raise CameraAddressInvalid(AddressFault.NO_HOST, given) from wrong
    if not host:
        raise CameraAddressInvalid(AddressFault.NO_HOST, given)
    return Stream(given)


def _on_disk(path: Path, given: str) -> VideoFile | Pictures:
    try:
        if path.is_dir():
            if not pictures_in(path):
                raise CameraAddressInvalid(AddressFault.NO_PICTURES, given)
            return Pictures(path)
        if path.is_file():
            return Pictures(path) if path.suffix.lower() in PICTURE_SUFFIXES else VideoFile(path)
    except OSError as wrong:
        raise CameraAddressInvalid(AddressFault.NOT_FOUND, given[:200]) from wrong
    except ValueError as wrong:
        if isinstance(wrong, CameraAddressInvalid):
            raise
        raise CameraAddressInvalid(AddressFault.NOT_FOUND, given[:200]) from wrong
    raise CameraAddressInvalid(AddressFault.NOT_FOUND, given[:200])


def pictures_in(folder: Path) -> list[Path]:
    """The folder's pictures in the order of their names."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
