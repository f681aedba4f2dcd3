"""The copy of the signed heads outside the database, one JSON line each: to be kept elsewhere by whoever backs up."""

import json
import os
from pathlib import Path

from hub_server.audit.rules import KeptHead

FILE_NAME = "audit-heads.jsonl"


def append_head(path: Path, jws: str) -> None:
    """Add a head at the end, on disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps({"head": jws}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_heads(path: Path) -> list[KeptHead]:
    """Every head of a file; a line that is none stands as a head that proves nothing.

    Raises:
        FileNotFoundError: there is no such file.
    """
    kept: list[KeptHead] = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if line.strip():
            kept.append(KeptHead(f"line {number} of {path.name}", _jws(line)))
    return kept


def _jws(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    head = found.get("head") if isinstance(found, dict) else None
    return head if isinstance(head, str) else ""
