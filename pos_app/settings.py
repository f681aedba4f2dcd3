"""The terminal's settings: environment `MPS_POS_*`, overridden by the command line. No secret among them."""

import os
import sys
from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.problems import Language


class KeyStoreKind(StrEnum):
    """Where the private key is kept: `auto` takes the operating system's store where there is one."""

    AUTO = "auto"
    FILE = "file"


def default_data_dir() -> Path:
    """Where this user's programs keep their data on this system."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "mps-pos"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "mps-pos"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "mps-pos"


class Settings(BaseSettings):
    """What may differ from one counter to the next.

    Attributes:
        camera: what `parse_camera_address` reads (surface.md).
        printer: what the printer's address says (surface.md).
    """

    model_config = SettingsConfigDict(env_prefix="MPS_POS_", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir)
    language: Language = "zh_TW"
    camera: str = "0"
    printer: str = "none"
    key_store: KeyStoreKind = KeyStoreKind.AUTO
