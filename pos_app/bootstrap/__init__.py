"""The composition root: the one room that names concrete devices and puts the terminal together."""

from pos_app.bootstrap.devices import camera_of, printer_of
from pos_app.bootstrap.terminal import (
    MakeHub,
    Terminal,
    app_version,
    build_enrolment,
    build_terminal,
    http_hub,
    key_store,
)

__all__ = [
    "MakeHub",
    "Terminal",
    "app_version",
    "build_enrolment",
    "build_terminal",
    "camera_of",
    "http_hub",
    "key_store",
    "printer_of",
]
