"""`mps-pos scan`: the codes in files, one line a file (surface.md)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pos_app.devices.camera import DecoderChain, PictureRefused, scan_file
from shared.clock import SystemClock


def scan_lines(files: Sequence[Path]) -> Iterator[dict[str, object]]:
    """`{file, texts, ms}` a file; one that cannot be read has `error` and no texts."""
    clock, chain = SystemClock(), DecoderChain()
    try:
        for path in files:
            began = clock.monotonic_ms()
            line: dict[str, object] = {"file": str(path), "texts": []}
            try:
                line["texts"] = list(scan_file(path, chain).texts)
            except PictureRefused as error:
                line["error"] = error.fault.value
            yield {**line, "ms": clock.monotonic_ms() - began}
    finally:
        chain.close()
