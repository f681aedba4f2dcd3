"""From a camera's address to the camera."""

from pos_app.devices.camera.address import CameraAddress, DeviceIndex, NoCamera, Pictures, Stream, VideoFile
from pos_app.devices.camera.folder import FolderCamera
from pos_app.devices.camera.opencv import LiveCamera, VideoCamera
from pos_app.devices.camera.port import Camera, Frame


def camera_at(address: CameraAddress) -> Camera | None:
    """The camera at an address, not opened yet; None for `none`."""
    match address:
        case NoCamera():
            return None
        case DeviceIndex(index):
            return LiveCamera(index)
        case Stream(url):
            return LiveCamera(url)
        case VideoFile(path):
            return VideoCamera(path)
        case Pictures(path):
            return FolderCamera(path)


def first_frame_from(camera: Camera) -> Frame:
    """One frame, to see whether a camera works (`doctor`); it is closed again. Takes seconds when none answers.

    Raises:
        CameraUnavailable: it gives no pictures, and why.
    """
    try:
        camera.open()
        return camera.read()
    finally:
        camera.close()
