"""Copy the README's pictures out of the last good run: `python packaging/run/readme_pictures.py`.

English screens stand under their own names, Chinese ones with `-zh`; each is small enough to be read over a bad line.
"""

import sys
from pathlib import Path
from typing import Final

from ground import ROOT, RUN
from PIL import Image

_TARGET: Final = ROOT / "docs" / "pictures"
_COLOURS: Final = 160
_WIDTH: Final = 960
_MOST_BYTES: Final = 150_000
_SCREENS: Final = {
    "idle": "idle",
    "confirm": "confirm",
    "paid": "paid",
    "offline": "offline",
    "doubt": "in-doubt",
}
_RECEIPTS: Final = {"receipt": "online"}


def main() -> int:
    """Write them all; 1 if the run has not made one, or if one is too large."""
    _TARGET.mkdir(parents=True, exist_ok=True)
    wanted = {f"{name}-zh": _only(f"??-{made}.png") for name, made in _SCREENS.items()}
    wanted |= {name: _only(f"??-{made}-en.png") for name, made in _SCREENS.items()}
    wanted |= {name: _only(f"receipt-??-{made}.bin").with_suffix(".png") for name, made in _RECEIPTS.items()}
    too_large = [name for name, source in wanted.items() if _copy(source, name) > _MOST_BYTES]
    for name in too_large:
        sys.stdout.write(f"{name}.png is larger than {_MOST_BYTES} bytes\n")
    return 1 if too_large else 0


def _only(pattern: str) -> Path:
    found = sorted(RUN.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"{pattern}: {len(found)} in {RUN.relative_to(ROOT)}; run `make run` first")
    return found[0]


def _copy(source: Path, name: str) -> int:
    with Image.open(source) as picture:
        drawn = picture.convert("RGB")
    if drawn.width > _WIDTH:
        size = (_WIDTH, round(drawn.height * _WIDTH / drawn.width))
        drawn = drawn.resize(size, Image.Resampling.LANCZOS)
    target = _TARGET / f"{name}.png"
    drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
