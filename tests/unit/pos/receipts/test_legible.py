"""A machine that reads print reads the key lines of every receipt off the picture, line by line."""

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pos_app.receipts.content import ChargeKind, Content
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from shared.problems import Language
from tests.unit.pos.receipts.samples import CANCELLATION, MATTER, SECOND_COPY, Z_REPORT, charge

SCALES = (2, 3, 1)
MARGIN = 16
RULE_DOTS = 4
CODE_DOTS = 120
COLUMN_GAP = 20
TRAINED: dict[Language, str] = {"zh_TW": "chi_tra", "en": "eng"}
ONLINE, OFFLINE = charge(ChargeKind.COMPLETED), charge(ChargeKind.OFFLINE)
TRAINING, COPY = charge(ChargeKind.TRAINING), charge(ChargeKind.COMPLETED, copy=SECOND_COPY)

KEY_LINES: list[tuple[str, Content, Language, PaperWidth, list[str]]] = [
    (
        "online-zh-58",
        ONLINE,
        "zh_TW",
        PaperWidth.MM_58,
        [
            "收款憑證",
            "PAY0000012345",
            "2026-11-22 18:04:31",
            "銀卡",
            "299.00",
            "-14.95",
            "284.05",
            "本次積分",
        ],
    ),
    (
        "online-en-58",
        ONLINE,
        "en",
        PaperWidth.MM_58,
        ["Payment receipt", "not a tax invoice", "Silver", "284.05"],
    ),
    ("online-en-80", ONLINE, "en", PaperWidth.MM_80, ["Payment receipt", "PAY0000012345", "Terminal T07"]),
    ("offline-zh-58", OFFLINE, "zh_TW", PaperWidth.MM_58, ["收款", "離線單號", "連線後自動上傳", "284.05"]),
    ("offline-zh-80", OFFLINE, "zh_TW", PaperWidth.MM_80, ["離線單號", "-1207", "終端T07"]),
    ("training-zh-58", TRAINING, "zh_TW", PaperWidth.MM_58, ["不是收據", "284.05"]),
    ("copy-zh-58", COPY, "zh_TW", PaperWidth.MM_58, ["補印COPY2"]),
    ("cancel-zh-58", CANCELLATION, "zh_TW", PaperWidth.MM_58, ["不是收款憑證", "-284.05", "自動退回"]),
    ("matter-zh-58", MATTER, "zh_TW", PaperWidth.MM_58, ["不是收據", "T07-1207", "284.05", "店長簽名"]),
    ("cancel-en-80", CANCELLATION, "en", PaperWidth.MM_80, ["NOT A RECEIPT", "REV0000000042", "-284.05"]),
    (
        "z-zh-58",
        Z_REPORT,
        "zh_TW",
        PaperWidth.MM_58,
        ["交班單", "51,630.50", "48,210.50", "待上傳", "-912.00", "50,418.50", "盤點"],
    ),
    (
        "z-en-80",
        Z_REPORT,
        "en",
        PaperWidth.MM_80,
        ["Shift report", "Charged", "51,630.50", "Net", "50,418.50"],
    ),
]


def runs(inked: Any, gap: int) -> list[tuple[int, int]]:
    """The stretches with ink, those less than ``gap`` apart taken together."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    found: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and start - found[-1][1] < gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def pieces(image: Image.Image) -> list[Image.Image]:
    """The pieces of print, left and right of a line apart, each with a margin; rules and the QR code are left out."""
    inked = ~np.asarray(image, dtype=np.bool_)
    found = []
    for top, bottom in runs(inked.any(axis=1), 1):
        if not RULE_DOTS < bottom - top < CODE_DOTS:
            continue
        for left, right in runs(inked[top:bottom].any(axis=0), COLUMN_GAP):
            piece = Image.new("L", (right - left + 2 * MARGIN, bottom - top + 2 * MARGIN), 255)
            piece.paste(image.crop((left, top, right, bottom)).convert("L"), (MARGIN, MARGIN))
            found.append(piece)
    return found


def read_pieces(found: list[Image.Image], scale: int, language: Language, folder: Path) -> list[str]:
    """What Tesseract reads in each piece as one line, squeezed; one run, since loading its model takes longest."""
    paths = []
    for number, piece in enumerate(found):
        paths.append(folder / f"{scale}-{number}.png")
        piece.resize((piece.width * scale, piece.height * scale), Image.Resampling.LANCZOS).save(paths[-1])
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "-l", TRAINED[language], "--psm", "7"],
        input="\n".join(map(str, paths)).encode(),
        capture_output=True,
        check=True,
        env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
    )
    return [squeezed(page) for page in done.stdout.decode().split("\f")]


def squeezed(text: str) -> str:
    """Without white space, and with the pairs that machines take for one another made one: O and 0, long and short dashes."""
    return "".join(text.split()).replace("O", "0").replace("—", "-").replace("–", "-")


@pytest.mark.parametrize(
    ("content", "language", "paper", "wanted"),
    [row[1:] for row in KEY_LINES],
    ids=[row[0] for row in KEY_LINES],
)
def test_key_lines_are_read_off_the_paper(
    content: Content, language: Language, paper: PaperWidth, wanted: list[str], tmp_path: Path
) -> None:
    found = pieces(render(content, language, paper))
    missing = {squeezed(text) for text in wanted}
    read: list[str] = []
    for scale in SCALES:
        if missing:
            read += read_pieces(found, scale, language, tmp_path)
            missing = {text for text in missing if not any(text in line for line in read)}
    assert missing == set(), read
