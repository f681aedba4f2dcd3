"""`mps-pos journal …` and `sign-out`: their options. What each needs is imported when it runs."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from pos_app.command_line.exits import Exit
from pos_app.command_line.running import AsJson, DataDir, Lang, run_work, say_line, settings_of, tell
from pos_app.settings import Settings

journal_app = typer.Typer(no_args_is_help=False)


@journal_app.command("list")
def journal_list(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """The entries in short."""
    settings = settings_of(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.journal_files import entries
        from pos_app.command_line.tables import journal_table

        lines = map(json.dumps, entries(settings)) if as_json else journal_table(settings)
        for line in lines:
            say_line(line)
        return Exit.DONE

    run_work(settings, work)


@journal_app.command("verify")
def journal_verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="An export; without it, the live journal.")
    ] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="The hub's public keys (jwks.json).")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Prove the whole journal, or an export standing alone; the first bad entry is named."""
    settings = settings_of(data_dir, language)
    if keys is not None and file is None:
        raise typer.BadParameter("--keys: FILE")

    def work() -> Exit:
        from pos_app.command_line.journal_files import verify_file, verify_live

        return tell(verify_live(settings) if file is None else verify_file(settings, file, keys), as_json)

    run_work(settings, work)


@journal_app.command("export")
def journal_export(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where to; else standard output.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Carry the journal out: an export that `mps-hub import-journal` takes."""
    _carry(settings_of(data_dir, language), file, as_json, rescue=False)


@journal_app.command("rescue")
def journal_rescue(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Carry out all that verifies of a damaged journal, also what the database no longer gives."""
    _carry(settings_of(data_dir, language), file, as_json, rescue=True)


def _carry(settings: Settings, file: Path | None, as_json: bool, *, rescue: bool) -> None:
    def work() -> Exit:
        from pos_app.command_line.journal_files import export

        report = export(settings, file, rescue=rescue)
        if file is None:
            for sentence in report.sentences[1:]:
                sys.stderr.write(sentence + "\n")
            return report.exit
        return tell(report, as_json)

    run_work(settings, work)


def sign_out(
    carried: Annotated[
        Path | None, typer.Option("--carried", help="An export that holds what still waits.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Leave this terminal: refused while entries wait; the journal is set apart, never deleted."""
    settings = settings_of(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.leaving import sign_out as leave

        return tell(leave(settings, carried), as_json)

    run_work(settings, work)
