"""Pictures of every screen of the terminal: both languages, both schemes, both sizes, into build/screenshots/.

The window is the real one, driven by keys and codes; the terminal behind it is the tests' stand-in, so that every state can
be had without a hub. Name scenes on the command line to draw only those.
"""

import html
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", tempfile.gettempdir())

from door_scenes import DOOR_SCENES  # noqa: E402
from inbox_scenes import INBOX_SCENES  # noqa: E402
from offline_scenes import OFFLINE_SCENES  # noqa: E402
from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from window_scenes import SCENES  # noqa: E402
from window_stage import Stage  # noqa: E402

from pos_app.appearance.sizes import LARGE, SMALL  # noqa: E402
from pos_app.appearance.theme import Scheme  # noqa: E402
from pos_app.desktop.run import Desktop, Equipment  # noqa: E402
from pos_app.devices.printer.port import NoPrinter  # noqa: E402
from shared.problems import LANGUAGES, Language  # noqa: E402
from tests.fakes.clock import ManualClock  # noqa: E402
from tests.fakes.desk import AT, FakeTerminal  # noqa: E402

COUNTER_SCENES = dict(sorted((SCENES | OFFLINE_SCENES | INBOX_SCENES).items()))
OUT = ROOT / "build" / "screenshots"


def draw(
    application: QApplication, name: str, language: Language, scheme: Scheme, size: tuple[int, int]
) -> str:
    """Play one scene in a window of its own and save its picture; the file's name."""
    clock, terminal = ManualClock(AT), FakeTerminal()
    equipment = Equipment(camera=None, printer=NoPrinter(), clock=clock, language=language, scheme=scheme)
    desktop = Desktop(application, equipment)
    desktop.window.resize(*size)
    desktop.window.show()
    stage = Stage(desktop, terminal, clock)
    if name in COUNTER_SCENES:
        desktop.stand_at(terminal)
    (COUNTER_SCENES | DOOR_SCENES)[name](stage)
    for _ in range(3):
        application.processEvents()
    file = f"{name}-{language}-{scheme.value}-{size[0]}.png"
    desktop.window.grab().save(str(OUT / file))
    stage.released.set()
    desktop.window.close()
    desktop.window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return file


def main(names: list[str]) -> None:
    """Draw all scenes, or those whose names begin as asked, and an index of them."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    application = QApplication(sys.argv[:1])
    wanted = [one for one in COUNTER_SCENES | DOOR_SCENES if not names or one.startswith(tuple(names))]
    rows = []
    for name in wanted:
        files = [
            draw(application, name, language, scheme, sizes.window)
            for sizes in (LARGE, SMALL)
            for scheme in Scheme
            for language in LANGUAGES
        ]
        pictures = "".join(
            f'<a href="{file}"><img src="{file}" width="400" loading="lazy"></a>' for file in files
        )
        rows.append(f"<h2>{html.escape(name)}</h2>{pictures}")
    page = f'<!doctype html><meta charset="utf-8"><title>MPS</title>{"".join(rows)}'
    (OUT / "index.html").write_text(page, encoding="utf-8")
    sys.stdout.write(f"{len(wanted) * 8} pictures in {OUT.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
