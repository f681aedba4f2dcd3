"""`mps-hub backup` and `mps-hub restore`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub_server.backup import CannotCopy, Made, Progress, Restored, Step, make_backup
from hub_server.bootstrap import for_copies, restore_database
from hub_server.command_line.copy_texts import COPY_TEXTS, CopyTexts
from hub_server.command_line.finding_texts import finding_line
from hub_server.command_line.ledger import existing_ledger
from hub_server.command_line.words import Words
from hub_server.migrations import newest_revision
from hub_server.settings import Settings
from shared.clock import to_wire

CLEAN = 0
UNCLEAN = 1
_WHOLE = 100
_TENTH = 10


class CopyRefused(Exception):
    """No copy was made, or none put back; the message says why, and what to do."""


def add_copies(program: typer.Typer, words: Words, settings: Callable[[], Settings]) -> None:
    """Hang both commands on the program."""
    texts = COPY_TEXTS[words.language]

    @program.command("backup", help=texts.backup)
    def backup_command(
        place: Annotated[Path, typer.Argument(metavar="FILE", help=texts.place)],
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
    ) -> None:
        given = settings()
        with _told_plainly(texts), existing_ledger(for_copies(given), words) as (context, keys):
            made = make_backup(
                context,
                keys,
                place.absolute(),
                schema_revision=newest_revision(),
                progress=_progress(texts),
            )
        if as_json:
            _print_json(_as_dict(made))
        else:
            _tell_made(texts, made, given.key_path)

    @program.command("restore", help=texts.restore)
    def restore_command(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=texts.file)],
        replace: Annotated[bool, typer.Option("--replace", help=texts.replace)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
    ) -> int:
        with _told_plainly(texts):
            restored = restore_database(settings(), file, replace=replace, progress=_progress(texts))
        if as_json:
            _print_json(_restored_as_dict(restored))
        else:
            _tell_restored(texts, words, restored)
        return CLEAN if restored.report.is_clean else UNCLEAN


@contextmanager
def _told_plainly(texts: CopyTexts) -> Iterator[None]:
    try:
        yield
    except CannotCopy as error:
        raise CopyRefused(texts.refused[type(error)].format(problem=error)) from error
    except OSError as error:
        problem = f"{error.strerror or type(error).__name__}: {error.filename}"
        raise CopyRefused(texts.disk.format(problem=problem)) from error


def _progress(texts: CopyTexts) -> Progress:
    """A line on standard error for each tenth of a step that has so many, so that long work is seen to go on."""
    told: dict[Step, int] = {}

    def progress(step: Step, done: int, total: int) -> None:
        tenth = done * _TENTH // total if total else 0
        if told.get(step, -1) >= tenth:
            return
        told[step] = tenth
        share = f" {tenth * _WHOLE // _TENTH} %" if total else ""
        typer.echo(f"{texts.steps[step]}{share}", err=True)

    return progress


def _tell_made(texts: CopyTexts, made: Made, keys: Path) -> None:
    typer.echo(texts.made.format(path=made.place, size=made.size, reach=to_wire(made.manifest.data_reach)))
    typer.echo(texts.covered.format(count=made.covered))
    typer.echo(texts.keep_keys.format(path=keys))


def _tell_restored(texts: CopyTexts, words: Words, restored: Restored) -> None:
    manifest = restored.manifest
    typer.echo(texts.restored.format(made=to_wire(manifest.made_at), reach=to_wire(manifest.data_reach)))
    typer.echo(texts.incarnation.format(incarnation=restored.incarnation))
    if restored.kept is not None:
        typer.echo(texts.kept.format(path=restored.kept))
    findings = restored.report.findings
    typer.echo(words.unclean.format(count=len(findings)) if findings else words.clean)
    for found in findings:
        typer.echo(finding_line(found.check, found.subject, found.detail, words.language))
    typer.echo(texts.next)


def _as_dict(made: Made) -> dict[str, object]:
    content = made.manifest.model_dump(mode="json")
    return {"file": str(made.place), "bytes": made.size, "covered": made.covered, "manifest": content}


def _restored_as_dict(restored: Restored) -> dict[str, object]:
    return {
        "incarnation": restored.incarnation,
        "manifest": restored.manifest.model_dump(mode="json"),
        "kept": restored.kept,
        "check": restored.report.as_dict(),
    }


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
