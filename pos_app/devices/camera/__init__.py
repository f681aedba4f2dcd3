"""The terminal's eyes: cameras, files and streams, and the QR codes in their pictures. No Qt here.

A window uses `parse_camera_address`, `camera_at` and `CodeWatch`; a command line `scan_file`, and `first_frame_from` to see whether a camera works.
"""

from pos_app.devices.camera.address import (
    AddressFault,
    CameraAddress,
    CameraAddressInvalid,
    parse_camera_address,
)
from pos_app.devices.camera.decoders import Decoded, Decoder, DecoderChain
from pos_app.devices.camera.factory import camera_at, first_frame_from
from pos_app.devices.camera.port import Camera, CameraFault, CameraState, CameraUnavailable, Frame, Picture
from pos_app.devices.camera.scan_file import FileScan, scan_file
from pos_app.devices.camera.stills import PictureFault, PictureRefused, grey_picture_from, grey_picture_of
from pos_app.devices.camera.watch import CameraCondition, CodeWatch, Watchers

__all__ = [
    "AddressFault",
    "Camera",
    "CameraAddress",
    "CameraAddressInvalid",
    "CameraCondition",
    "CameraFault",
    "CameraState",
    "CameraUnavailable",
    "CodeWatch",
    "Decoded",
    "Decoder",
    "DecoderChain",
    "FileScan",
    "Frame",
    "Picture",
    "PictureFault",
    "PictureRefused",
    "Watchers",
    "camera_at",
    "first_frame_from",
    "grey_picture_from",
    "grey_picture_of",
    "parse_camera_address",
    "scan_file",
]
