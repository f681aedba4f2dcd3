"""What all commands share: their options, the settings these make, and the boundary around the work."""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pos_app.command_line.exits import CommandFailed, Exit
from pos_app.settings import Settings
from shared.problems import LANGUAGES

if TYPE_CHECKING:
    from pos_app.command_line.journal_files import Report

logger = logging.getLogger("mps.pos.command_line")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where the terminal keeps its journal.")]
Lang = Annotated[str | None, typer.Option("--language", help="zh_TW or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
PrinterOption = Annotated[str | None, typer.Option("--printer", help="Where receipts go.")]
CameraOption = Annotated[str | None, typer.Option("--camera", help="Index, file, folder, URL or none.")]


def settings_of(data_dir: Path | None, language: str | None, **more: str | None) -> Settings:
    """The environment's, overridden by what was typed."""
    given: dict[str, object] = {"data_dir": data_dir, "language": language, **more}
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"--language: {' / '.join(LANGUAGES)}")
    return Settings.model_validate(
        {
            **Settings().model_dump(exclude_unset=True),
            **{name: value for name, value in given.items() if value is not None},
        }
    )


def run_work(settings: Settings, work: Callable[[], Exit], *, charging: bool = False) -> None:
    """Do the work and end the program with its exit code; every fault is told plainly and is in the log."""
    from pos_app.command_line.faults import plain_faults
    from pos_app.command_line.log_file import log_file

    with log_file(settings.data_dir):
        try:
            with plain_faults(settings.language, charging=charging):
                code = work()
        except CommandFailed:
            raise
        except Exception as error:
            # A bug is told to a person by its kind alone, since its message could hold what was typed.
            logger.critical("a fault of ours", exc_info=error)
            code = Exit.FAULT
    raise typer.Exit(int(code))


def say_line(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(text + "\n")


def tell(report: "Report", as_json: bool) -> Exit:
    """JSON to standard output; sentences there if all is well, else to standard error."""
    if as_json:
        say_line(json.dumps(report.json, ensure_ascii=False))
    else:
        told = sys.stdout if report.exit is Exit.DONE else sys.stderr
        for sentence in report.sentences:
            told.write(sentence + "\n")
    return report.exit
