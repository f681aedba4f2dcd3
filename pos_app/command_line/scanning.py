"""`mps-pos scan`: the codes in files, one line a file (surface.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pos_app.command_line.words import picture_in_words, say
from pos_app.devices.camera import DecoderChain, PictureFault, PictureRefused, scan_file
from shared.clock import SystemClock
from shared.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One file: its codes, why it was not read, how long it took, and what a person should know of it."""

    file: Path
    texts: tuple[str, ...] = field(repr=False)
    fault: PictureFault | None
    ms: int
    remark: str

    def as_dict(self) -> dict[str, object]:
        """`{file, texts, ms}`; one that cannot be read has `error` (a stable code) and `message` too."""
        told: dict[str, object] = {"file": str(self.file), "texts": list(self.texts)}
        if self.fault is not None:
            told |= {"error": self.fault.value, "message": self.remark}
        return {**told, "ms": self.ms}


def scan_files(files: Sequence[Path], language: Language) -> Iterator[Scanned]:
    """Each file in turn, as soon as it is read."""
    clock, chain = SystemClock(), DecoderChain()
    try:
        for path in files:
            began = clock.monotonic_ms()
            texts: tuple[str, ...] = ()
            fault, remark = None, ""
            try:
                texts = scan_file(path, chain).texts
            except PictureRefused as error:
                fault = error.fault
                detail = picture_in_words(path, fault, language)
                remark = say("not_read", language, file=path, detail=detail)
            if fault is None and not texts:
                remark = say("nothing_read", language, file=path)
            ms = clock.monotonic_ms() - began
            yield Scanned(file=path, texts=texts, fault=fault, ms=ms, remark=remark)
    finally:
        chain.close()
