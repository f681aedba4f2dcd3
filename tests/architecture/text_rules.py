"""What no file of the project may say, whatever its language."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.architecture.source import ROOT, Violation

# Folders so common that their names say nothing about one machine.
EVERYDAY = frozenset({"/", "/tmp", "/home", "/root", "/srv", "/opt", "/usr", "/var", "/mnt", "/builds"})
CLIMBING = re.compile(r"(?<![\w./-])(?:\.\./)+[\w./-]+")
# Written in two pieces, or this file would break its own rule.
LEFT_FOR_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
PROSE_OF_OTHERS = frozenset({"LICENSE", "uv.lock"})


def names_no_machine(path: PurePosixPath, text: str, home: Path = ROOT) -> Iterator[Violation]:
    """No path of the machine the project is worked on: it leads nowhere on the next one, and tells where we live."""
    for folder in [home] if str(home.parent) in EVERYDAY else [home.parent]:
        for found in re.finditer(rf"(?<![\w./-]){re.escape(str(folder))}/[\w.-]+", text):
            # What is not there may be something else that is only spelled alike, such as a page's address.
            if Path(found.group().rstrip(".")).exists():
                yield Violation(
                    path, _line(text, found.start()), f"names {found.group()}, a place on this machine"
                )


def relative_paths_lead_somewhere(path: PurePosixPath, text: str, root: Path = ROOT) -> Iterator[Violation]:
    """A `../…` in a document leads to a file of the project: a link out of it, or to nothing, helps nobody."""
    if path.suffix != ".md":
        return
    for found in CLIMBING.finditer(text):
        target = (root / path.parent / found.group().rstrip(".")).resolve()
        if not target.is_relative_to(root.resolve()) or not target.exists():
            yield Violation(
                path, _line(text, found.start()), f"{found.group()} leads to no file of the project"
            )


def nothing_is_marked_for_later(path: PurePosixPath, text: str) -> Iterator[Violation]:
    """No notes to do something later: what is worth doing is an issue, what is not is deleted."""
    if path.name in PROSE_OF_OTHERS or path.suffix in {".json", ".csv", ".txt", ".svg"}:
        return
    for found in LEFT_FOR_LATER.finditer(text):
        yield Violation(path, _line(text, found.start()), f"{found.group()}: do it, or write an issue")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


RULES = (names_no_machine, relative_paths_lead_somewhere, nothing_is_marked_for_later)
