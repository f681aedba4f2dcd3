"""A source file as the rules see it: its place, its tree, and what it imports."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("hub_server", "pos_app")
CODE_FOLDERS = ("shared", *PROGRAMS, "tests", "packaging")
# What a run leaves behind; so do all folders whose name begins with a dot, but the one that CI looks for.
IGNORED_FOLDERS = frozenset({"build", "dist", "__pycache__"})
CI_FOLDER = ".ci"


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a rule is broken (line 1 when it is the file's name or size), and how."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name in full (`from a.b import c` is `a.b.c`), and the module it is taken from (`a.b`)."""

    line: int
    name: str
    module: str

    def is_of(self, package: str) -> bool:
        return self.name == package or self.name.startswith(f"{package}.")


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed Python file; `path` is relative to the project."""

    path: PurePosixPath
    # Not shown: a failing rule tells the place, and not the whole project.
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @classmethod
    def parse(cls, path: str, text: str) -> "Source":
        return cls(PurePosixPath(path), text, ast.parse(text))

    @property
    def room(self) -> tuple[str, ...]:
        """The parts of the path without `.py`: `("hub_server", "cards", "tables")`."""
        return self.path.with_suffix("").parts

    def is_in(self, *folders: str) -> bool:
        """Whether the file is one of these modules, or lies in one of these packages (with slashes)."""
        own = "/".join(self.room)
        return any(own == folder or own.startswith(f"{folder}/") for folder in folders)

    def at(self, line: int, message: str) -> Violation:
        return Violation(self.path, line, message)

    def imports(self) -> Iterator[Import]:
        """Everything imported anywhere in the file, relative imports resolved."""
        package = self.room[:-1]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(node.lineno, alias.name, alias.name)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else ()
                module = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    yield Import(node.lineno, f"{module}.{alias.name}", module)


Rule = Callable[[Source], Iterator[Violation]]
"""A rule tells each place in a file that breaks it; its docstring says what holds, and why."""


def project_sources() -> list[Source]:
    """Every Python file of the project."""
    return [
        Source.parse(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for folder in CODE_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if _is_ours(path.relative_to(ROOT))
    ]


def _is_ours(path: Path) -> bool:
    return not any(
        part in IGNORED_FOLDERS or (part.startswith(".") and part != CI_FOLDER) for part in path.parts[:-1]
    )


def project_texts() -> Iterator[tuple[PurePosixPath, str]]:
    """Every file of the project that is text, with its path relative to the project."""
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if path.is_file() and _is_ours(relative):
            try:
                yield PurePosixPath(relative), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture, a font, a database
