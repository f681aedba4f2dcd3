"""The devices that the settings name."""

from pos_app.devices.camera.address import parse_camera_address
from pos_app.devices.camera.port import Camera
from pos_app.devices.printer.address import parse_printer_address
from pos_app.devices.printer.port import Printer
from pos_app.settings import Settings


def printer_of(settings: Settings) -> Printer:
    """The receipt printer; nothing is opened yet.

    Raises:
        PrinterAddressRefused: the address names no printer.
    """
    from pos_app.devices.printer.connect import printer_at

    return printer_at(parse_printer_address(settings.printer), settings.data_dir)


def camera_of(settings: Settings) -> Camera | None:
    """The camera, not opened yet; None for `none`.

    Raises:
        CameraAddressInvalid: the address names no camera.
    """
    address = parse_camera_address(settings.camera)
    from pos_app.devices.camera.factory import camera_at

    return camera_at(address)
