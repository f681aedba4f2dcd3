"""Make the two static Noto Sans TC files that the terminal ships, and the list of characters they hold.

Run in a throw-away environment: ``pip install fonttools justmytype-intl-cjk``, then
``python packaging/fonts/make_fonts.py pos_app/desktop/fonts``.

The characters are Big5 (the everyday characters of Taiwan), Latin with Vietnamese, kana, punctuation, boxes and marks, and
the characters of people's names that Big5 lacks. ✕ is drawn here: Noto Sans TC has ✓ but not its counterpart.
"""

import argparse
import importlib.resources
import math
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = {"Regular": 400, "Bold": 700}
BLOCKS = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),
    (0x0391, 0x03C9),
    (0x1EA0, 0x1EFF),
    (0x2000, 0x206F),
    (0x20A0, 0x20CF),
    (0x2100, 0x22FF),
    (0x2460, 0x24FF),
    (0x2500, 0x26FF),
    (0x2700, 0x27BF),
    (0x3000, 0x30FF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
)
NAMES_BEYOND_BIG5 = (
    "喆堃峯着菓啓温黄栢晧媁犇淼煊姸羣衞愼瀞綉嫺銹恒粧碁墻邨塱峇晴淸靑産経鷄麽麫喬凜囍栞櫈汚渉濶煕犂瑠畧眞硏磘祐禎"
    "窰竪粦綫緖脇舘莖葯蔴袮裵諪鄕鈎鉄鎭閲陥雋靜駡髙鳯鶏麵黒兪凃坔埗塲壐姉娫孆寳屛嵗巌嶋幷廸弌彣彥恵悳惠慤戸抜斈旻昇"
    "昰晈晉晟晢暎曻枬柾栁桒桧梹棊楿榮槙檒殻毎沁洣浤涵涼淨渓渼湞溎滙潁澔濬灏炘烝焜焮煇熈燊爲牀珉珺琄琍瑨璟璿甯畊畑"
    "皓皞盌盺睟睿瞳砕祎祿禔稲穂竝笵筎箴篠紀絜継緁総縂羿翀翃翎耀聖脩臺舒芃芝芸苡荘莀菁萱葶蒨蓁蓮薫薰藍蘊虔衛袆裬覌詠"
    "誾讃谿賔賴趙躍軒輝迪逸運達遙邑郁鄒酈醻釗鈞銓錞鍈鎮鑫閎阡陞隆雲霈靖韶頌頤顥飛馥駿騰魁鳳麒麗黛鼎齊龎"
)
CROSS_MARK = 0x2715
STROKE_UNITS = {"Regular": 80, "Bold": 130}


def big5() -> set[int]:
    """Every character that code page 950 can write."""
    found: set[int] = set()
    for lead in range(0xA1, 0xFA):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                found.add(ord(bytes((lead, trail)).decode("cp950")))
            except UnicodeDecodeError:
                continue
    return found


def wanted() -> set[int]:
    """The characters asked for; the source font decides which of them exist."""
    blocks = {code for first, last in BLOCKS for code in range(first, last + 1)}
    return blocks | big5() | {ord(character) for character in NAMES_BEYOND_BIG5}


def add_cross_mark(font: TTFont, stroke_units: int) -> None:
    """Draw ✕ (U+2715) on an 800 unit advance: two crossing bars."""
    centre_x, centre_y, reach = 400.0, 380.0, 300.0
    pen = TTGlyphPen(None)
    half = stroke_units / 2
    for angle in (math.pi / 4, -math.pi / 4):
        along = (math.cos(angle) * reach, math.sin(angle) * reach)
        across = (-math.sin(angle) * half, math.cos(angle) * half)
        corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
        points = [
            (round(centre_x + a * along[0] + b * across[0]), round(centre_y + a * along[1] + b * across[1]))
            for a, b in corners
        ]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    name = "uni2715"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    glyph = pen.glyph()
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (800, glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format in (4, 12):
            table.cmap[CROSS_MARK] = name


def make(source: Path, style: str, target: Path) -> set[int]:
    """Write one static file and return the characters in it."""
    font = TTFont(source)
    options = Options()
    options.layout_features = ["ccmp", "kern", "liga", "locl", "tnum", "pnum", "lnum"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "BASE"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style]}, updateFontNames=True)
    add_cross_mark(font, STROKE_UNITS[style])
    font.save(target)
    return set(font.getBestCmap())


def as_ranges(codes: Iterable[int]) -> list[str]:
    """``[32, 33, 34, 160]`` → ``["20-22", "A0"]``."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return [f"{first:X}-{last:X}" if last > first else f"{first:X}" for first, last in ranges]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    package = importlib.resources.files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanstc"
    with importlib.resources.as_file(package) as source:
        held = [
            make(source / "NotoSansTC[wght].ttf", style, folder / f"NotoSansTC-{style}.ttf")
            for style in WEIGHTS
        ]
        shutil.copyfile(source / "OFL.txt", folder / "OFL.txt")
    ranges = as_ranges(set.intersection(*held))
    lines = [" ".join(ranges[start : start + 16]) for start in range(0, len(ranges), 16)]
    (folder / "characters.txt").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
