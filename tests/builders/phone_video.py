"""Drawn counter scenes: a member's phone with a code on its screen, as a terminal's camera sees it.

Frames are 1280×720 BGR. Nothing is random but what a seed decides, so a picture can be made again exactly.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.builders.codes import Pixels, qr_pixels

WIDTH: Final = 1280
HEIGHT: Final = 720
FRAMES_PER_SECOND: Final = 20
_PHONE_WIDTH: Final = 540
_PHONE_HEIGHT: Final = 1100
_BEZEL: Final = 22
_SPARE: Final = 256
_CODE_SHARE: Final = 0.86
"""How much of the screen's width the code with its quiet zone takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLook:
    """How the phone stands before the camera. Lengths in pixels of the frame, angles in degrees.

    `code_px` is the code's side without its quiet zone; `centre` where the code's middle is; `tilt` how much narrower
    the far edge looks, as a share; `blur_px` and `smear_px` are out-of-focus and movement; `noise` is its standard
    deviation in grey levels; `contrast` 1 is a bright screen; `glare` is a reflection's strength, 0 – 1.
    """

    code_px: float = 320
    centre: tuple[float, float] = (640, 360)
    angle: float = 0
    tilt: float = 0
    blur_px: float = 0.6
    smear_px: float = 0
    noise: float = 3
    contrast: float = 1
    glare: float = 0
    dark_mode: bool = False
    seed: int = 1


def phone_frame(text: str, look: PhoneLook) -> Pixels:
    """A counter with a phone that shows `text` as a QR code (ECC M)."""
    phone, code = _phone(text, dark_mode=look.dark_mode)
    placed = _placing(code, look)
    shown = cv2.warpPerspective(phone, placed, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(phone.shape[:2], 255, np.uint8), placed, (WIDTH, HEIGHT))
    lit = cv2.convertScaleAbs(shown, alpha=look.contrast, beta=128 * (1 - look.contrast))
    scene = _counter().copy()
    cv2.copyTo(lit, mask, scene)
    return _as_seen(scene, look)


def counter_frame(seed: int = 1, noise: float = 3) -> Pixels:
    """The same counter with no phone and no code."""
    return _as_seen(_counter().copy(), PhoneLook(seed=seed, noise=noise, blur_px=0.6))


def phone_arrives(text: str, *, dark_mode: bool = False, seed: int = 1) -> Iterator[Pixels]:
    """Frames of a phone that comes into view and is held still: one second of counter, one of movement, two held."""
    end = PhoneLook(code_px=300, angle=4, tilt=0.04, dark_mode=dark_mode, seed=seed)
    for n in range(FRAMES_PER_SECOND):
        yield counter_frame(seed=seed * 1000 + n)
    for n in range(FRAMES_PER_SECOND):
        done = (n + 1) / FRAMES_PER_SECOND
        yield phone_frame(
            text,
            replace(
                end,
                centre=(640 + 760 * (1 - done), 360 + 420 * (1 - done)),
                angle=4 + 20 * (1 - done),
                code_px=200 + 100 * done,
                smear_px=16 * (1 - done),
                blur_px=0.6 + 2 * (1 - done),
                seed=seed * 1000 + FRAMES_PER_SECOND + n,
            ),
        )
    for n in range(2 * FRAMES_PER_SECOND):
        yield phone_frame(text, replace(end, seed=seed * 1000 + 2 * FRAMES_PER_SECOND + n))


def write_phone_video(path: Path, text: str, *, dark_mode: bool = False, seed: int = 1) -> Path:
    """Write `phone_arrives` as a video (Motion JPEG in `.avi`, MPEG-4 in `.mp4`) and return its path.

    Raises:
        RuntimeError: OpenCV cannot write that kind of file there.
    """
    fourcc = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(path), fourcc, FRAMES_PER_SECOND, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise RuntimeError(f"no video can be written to {path}")
    try:
        for frame in phone_arrives(text, dark_mode=dark_mode, seed=seed):
            writer.write(frame)
    finally:
        writer.release()
    return path


@functools.lru_cache(maxsize=4)
def _phone(text: str, *, dark_mode: bool) -> tuple[Pixels, NDArray[np.float32]]:
    """A phone from straight above, and its code's four corners (without the quiet zone) in its pixels."""
    screen_px = _PHONE_WIDTH - 2 * _BEZEL
    bare = qr_pixels(text, 1, quiet_modules=0, dark_mode=dark_mode)
    module_px = max(1, int(screen_px * _CODE_SHARE) // (bare.shape[0] + 8))
    code = qr_pixels(text, module_px, dark_mode=dark_mode)
    side = code.shape[0]
    phone: Pixels = np.full((_PHONE_HEIGHT, _PHONE_WIDTH, 3), 28, np.uint8)
    screen = 18 if dark_mode else 244
    phone[_BEZEL:-_BEZEL, _BEZEL:-_BEZEL] = screen
    left, top = (_PHONE_WIDTH - side) // 2, (_PHONE_HEIGHT - side) // 2
    card = np.where(code > 127, 246, 12).astype(np.uint8)
    phone[top : top + side, left : left + side] = card[..., None]
    ink = (235, 235, 235) if dark_mode else (40, 40, 40)
    cv2.putText(phone, "**** 1234", (left + 20, top - 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, ink, 3)
    cv2.putText(phone, "59:41", (left + 20, top + side + 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, ink, 2)
    near, far = 4 * module_px, side - 4 * module_px
    corners = [(near, near), (far, near), (far, far), (near, far)]
    return phone, np.array([(left + x, top + y) for x, y in corners], np.float32)


def _placing(code: NDArray[np.float32], look: PhoneLook) -> NDArray[np.float64]:
    half = look.code_px / 2
    turn = np.deg2rad(look.angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    far = 1 - look.tilt
    square = np.array([(-half * far, -half * far), (half * far, -half * far), (half, half), (-half, half)])
    target = square @ rotation.T + np.array(look.centre)
    return np.asarray(cv2.getPerspectiveTransform(code, target.astype(np.float32)), dtype=np.float64)


@functools.lru_cache(maxsize=1)
def _counter() -> Pixels:
    """A desk with a soft light, a cup and a price card with print on it: edges, but no code."""
    down = np.linspace(70, 130, HEIGHT, dtype=np.float32)[:, None]
    across = np.linspace(0, 30, WIDTH, dtype=np.float32)[None, :]
    desk = np.repeat((down + across)[..., None], 3, axis=2) * np.array([0.75, 0.9, 1.0], np.float32)
    scene = desk.astype(np.uint8)
    cv2.circle(scene, (180, 190), 110, (90, 110, 150), -1)
    cv2.circle(scene, (180, 190), 80, (50, 60, 80), -1)
    cv2.rectangle(scene, (900, 90), (1180, 250), (215, 220, 225), -1)
    cv2.putText(scene, "A07 299.00", (915, 180), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (30, 30, 30), 3)
    for n in range(24):
        cv2.line(scene, (920 + n * 9, 200), (920 + n * 9, 235), (20, 20, 20), 1 + (n * 7) % 4)
    return scene


def _as_seen(scene: Pixels, look: PhoneLook) -> Pixels:
    if look.glare > 0:
        at_x, at_y = look.centre
        ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        spot = np.exp(-(((xs - at_x - 60) / 130) ** 2 + ((ys - at_y + 50) / 60) ** 2))
        shine = np.repeat((255 * look.glare * spot).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
        scene = np.asarray(cv2.add(scene, shine), dtype=np.uint8)
    if look.smear_px >= 2:
        length = round(look.smear_px)
        along = np.full((1, length), 1 / length, np.float32)
        scene = np.asarray(cv2.filter2D(scene, -1, along), dtype=np.uint8)
    if look.blur_px > 0:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), look.blur_px), dtype=np.uint8)
    if look.noise > 0:
        grain = _grain(look.seed) * np.float32(look.noise)
        scene = np.asarray(cv2.add(scene, grain, dtype=cv2.CV_8U), dtype=np.uint8)
    return scene


def _grain(seed: int) -> NDArray[np.float32]:
    """A sensor's noise: a window, at a place the seed decides, into a field drawn once."""
    down, across = divmod(seed * 7_919, 251)
    down %= _SPARE
    return _grain_field()[down : down + HEIGHT, across : across + WIDTH]


@functools.lru_cache(maxsize=1)
def _grain_field() -> NDArray[np.float32]:
    draw = np.random.default_rng(20_261_122)
    return draw.standard_normal((HEIGHT + _SPARE, WIDTH + _SPARE, 3), dtype=np.float32)
