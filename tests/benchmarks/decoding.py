"""What the decoder chain reads beside each single decoder, over photographs, drawn scenes and videos.

Counts compare decoders over the same pictures in the same run; the first stage's time is a ratio to zxing-cpp's own.
A picture counts as right when its true text is read, as wrong when any other text is.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2

from pos_app.devices.camera.decoders import DecoderChain, grey_of
from pos_app.devices.camera.port import Picture
from pos_app.devices.camera.scan_file import scan_file
from pos_app.devices.camera.stills import grey_picture_from
from tests.builders.codes import text_like_a_payment_code
from tests.builders.phone_video import PhoneLook, counter_frame, phone_frame, write_phone_video
from tests.builders.photographs import opencv_reads, photographs, pyzbar_reads, zxing_reads

NAME: Final = "decoding"
SCENES: Final = 150
FIRST_STAGE_LIMIT: Final = 2.5
_TIMINGS: Final = 60

_Reader = Callable[[Picture], list[str]]


@dataclass(slots=True)
class Tally:
    """Which pictures a decoder read rightly and wrongly, by name."""

    right: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)

    def note(self, picture: str, true_text: str, texts: Iterable[str]) -> None:
        """Take down what was read in one picture."""
        read = set(texts)
        if true_text in read:
            self.right.add(picture)
        if read - {true_text}:
            self.wrong.add(picture)


@dataclass(frozen=True, slots=True)
class Named:
    """A picture, what it is called, and the text of the code in it."""

    name: str
    grey: Picture
    text: str


def run(work: Path) -> dict[str, object]:
    """Compare the decoders; videos are written to `work`."""
    chain = DecoderChain()
    try:

        def whole(grey: Picture) -> list[str]:
            return [code.text for code in chain.decode_still(grey)]

        readers: dict[str, _Reader] = {
            "chain": whole,
            "zxing": zxing_reads,
            "pyzbar": pyzbar_reads,
            "opencv": opencv_reads,
        }
        of_photographs = _tallies(readers, _photographs())
        of_scenes = _tallies(readers, scenes())
        ratio = first_stage_ratio(chain)
        figures: dict[str, object] = {
            "photographs": _figures(of_photographs),
            "scenes": _figures(of_scenes),
            "videos": {
                name: _video(work / name, text, dark_mode=dark)
                for name, text, dark in (
                    ("phone.mp4", text_like_a_payment_code(21), False),
                    ("phone-dark.avi", text_like_a_payment_code(22), True),
                )
            },
            "first_stage_to_zxing_on_an_empty_frame": ratio,
            "first_stage_at_most_2_5_of_zxing": ratio <= FIRST_STAGE_LIMIT,
        }
    finally:
        chain.close()
    both = [of_photographs, of_scenes]
    figures["chain_reads_at_least_both"] = all(
        tally["chain"].right >= tally["zxing"].right | tally["pyzbar"].right for tally in both
    )
    figures["chain_reads_no_wrong_text"] = not any(tally["chain"].wrong for tally in both)
    figures["saved_by_pyzbar_where_zxing_misses"] = sorted(
        name for tally in both for name in tally["pyzbar"].right - tally["zxing"].right
    )
    return figures


def scenes(count: int = SCENES) -> Iterator[Named]:
    """Drawn frames of a phone, from easy to hopeless: far, tilted, smeared, noisy, dim, glaring, dark mode."""
    for seed in range(count):
        draw = random.Random(seed)
        text = text_like_a_payment_code(seed)
        look = PhoneLook(
            code_px=draw.uniform(120, 340),
            centre=(draw.uniform(420, 860), draw.uniform(250, 470)),
            angle=draw.uniform(-40, 40),
            tilt=draw.uniform(0, 0.25),
            blur_px=draw.uniform(0.3, 2),
            smear_px=draw.choice((0, 0, 3, 5)),
            noise=draw.choice((2, 6, 12, 25)),
            contrast=draw.uniform(0.25, 1),
            glare=draw.choice((0, 0, 0.4, 0.8)),
            dark_mode=seed % 3 == 0,
            seed=seed,
        )
        yield Named(f"scene-{seed}", grey_of(phone_frame(text, look)), text)


def first_stage_ratio(chain: DecoderChain) -> float:
    """The first stage's time on a frame without a code, from colour pixels on, over zxing-cpp's own on the grey frame."""
    frame = counter_frame()
    grey = grey_of(frame)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_TIMINGS):  # in turns, so that a busy moment hits both
        began = time.perf_counter()
        chain.first_stage(grey_of(frame))
        middle = time.perf_counter()
        zxing_reads(grey)
        ours.append(middle - began)
        theirs.append(time.perf_counter() - middle)
    return round(statistics.median(ours) / statistics.median(theirs), 3)


def _photographs() -> Iterator[Named]:
    for photograph in photographs():
        yield Named(photograph.path.name, grey_picture_from(photograph.path), photograph.text)


def _tallies(readers: dict[str, _Reader], pictures: Iterable[Named]) -> dict[str, Tally]:
    tallies = {name: Tally() for name in readers}
    for picture in pictures:
        for name, read in readers.items():
            tallies[name].note(picture.name, picture.text, read(picture.grey))
    return tallies


def _figures(tallies: dict[str, Tally]) -> dict[str, object]:
    return {name: {"right": len(tally.right), "wrong": len(tally.wrong)} for name, tally in tallies.items()}


def _video(path: Path, text: str, *, dark_mode: bool) -> dict[str, object]:
    """Frames of a video that each decoder reads; the chain as it works on a camera, one fallback a frame."""
    write_phone_video(path, text, dark_mode=dark_mode)
    scan = scan_file(path)
    singles: dict[str, _Reader] = {"zxing": zxing_reads, "pyzbar": pyzbar_reads}
    tallies = _tallies(singles, _frames(path, text))
    return {
        "frames": scan.frames,
        "chain": scan.frames_with_code,
        "chain_reads_the_code_alone": scan.texts == (text,),
        **{name: len(tally.right) for name, tally in tallies.items()},
    }


def _frames(path: Path, text: str) -> Iterator[Named]:
    video = cv2.VideoCapture(str(path))
    try:
        number = 0
        while True:
            got, picture = video.read()
            if not got or picture is None:
                return
            number += 1
            yield Named(f"{path.name}-{number}", grey_of(picture.astype("uint8")), text)
    finally:
        video.release()
