"""The commands and their exit codes: 0 done, 1 a proof failed, 64 wrong use, 70 a fault of ours."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from hub_server.bootstrap import (
    MigrationNeeded,
    migrate_database,
    open_context,
    open_keys,
    prepare_database,
)
from hub_server.command_line.copies import CopyRefused, add_copies
from hub_server.command_line.create_admin import NoAdminMade, add_create_admin
from hub_server.command_line.demo_tables import demo_lines
from hub_server.command_line.journals import NoKeys, add_journals
from hub_server.command_line.ledger import NoLedger
from hub_server.command_line.proofs import add_proofs
from hub_server.command_line.serve import CannotListen, serve, sms_place, with_remembered_address
from hub_server.command_line.setting_texts import settings_help
from hub_server.command_line.words import Words, words_of
from hub_server.demo_data import NotForDemo, load_data, make_demo_data
from hub_server.foundation.context import Context
from hub_server.foundation.observability import configure_logging, redact_text
from hub_server.foundation.storage import DatabaseBusy
from hub_server.journal_intake import NotThisHubsTerminal
from hub_server.migrations import CannotMigrate, SchemaTooNew
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys, KeyFileError

_log = logging.getLogger("mps.hub")

DONE = 0
WRONG_USE = 64
FAULT = 70
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
MAX_CARDS = 1_000_000
_WRONG_USES = (
    KeyFileError,
    MigrationNeeded,
    SchemaTooNew,
    CannotMigrate,
    CannotListen,
    NotForDemo,
    NoLedger,
    NoAdminMade,
    NoKeys,
    NotThisHubsTerminal,
    CopyRefused,
    FileNotFoundError,
    IsADirectoryError,
    PermissionError,
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. What goes wrong is told in one sentence."""
    words = words_of()
    try:
        answer = make_program(words)(arguments, standalone_mode=False)
    except TyperException as error:
        typer.echo(error.format_message(), err=True)
        return WRONG_USE
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in item["loc"]).upper()
            typer.echo(words.wrong_setting.format(name=name, problem=item["msg"]), err=True)
        return WRONG_USE
    except _WRONG_USES as error:
        typer.echo(str(error), err=True)
        return WRONG_USE
    except DatabaseBusy as error:
        typer.echo(words.database_unreachable.format(problem=redact_text(str(error))), err=True)
        return FAULT
    except typer.Abort:
        return WRONG_USE
    except Exception as error:  # noqa: BLE001 - the program's own boundary
        _log.exception("a command failed")
        typer.echo(words.fault.format(problem=type(error).__name__), err=True)
        return FAULT
    return answer if isinstance(answer, int) else DONE


def make_program(words: Words) -> typer.Typer:
    """The commands, with their help in one language."""
    # Plain help: the list of settings keeps its lines.
    program = typer.Typer(help=words.about, add_completion=False, no_args_is_help=True, rich_markup_mode=None)
    _add_serving(program, words)
    add_proofs(program, words, _settings)
    add_journals(program, words, _settings)
    add_copies(program, words, _settings)
    _add_data(program, words)
    add_create_admin(program, words, _prepared)
    return program


def _settings(least: str = "WARNING") -> Settings:
    """The settings; a command that is soon done logs nothing that is not at least a warning."""
    settings = Settings()
    configure_logging(least)
    return settings


def _add_serving(program: typer.Typer, words: Words) -> None:
    @program.command("serve", help=words.serve, epilog=settings_help(words.language))
    def serve_command(
        host: Annotated[str, typer.Option(help=words.serve_host)] = DEFAULT_HOST,
        port: Annotated[int, typer.Option(help=words.serve_port, min=0, max=65_535)] = DEFAULT_PORT,
        workers: Annotated[int, typer.Option(help=words.serve_workers, min=1, max=64)] = 1,
    ) -> None:
        serve(_settings("INFO"), words, host, port, workers)

    @program.command("migrate", help=words.migrate)
    def migrate_command() -> None:
        made = migrate_database(_settings())
        if made is not None:
            typer.echo(words.keys_made.format(path=made))
        typer.echo(words.migrated)


@contextmanager
def _prepared() -> Iterator[tuple[Context, HubSigningKeys]]:
    context = open_context(with_remembered_address(_settings()))
    try:
        keys = open_keys(context)
        prepare_database(context)
        yield context, keys
    finally:
        context.database.close()


def _add_data(program: typer.Typer, words: Words) -> None:
    @program.command("demo-data", help=words.demo_data)
    def demo_data_command(
        as_json: Annotated[bool, typer.Option("--json", help=words.as_json)] = False,
    ) -> None:
        with _prepared() as (context, keys):
            made = make_demo_data(context, keys)
        if as_json:
            typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
        else:
            for line in demo_lines(
                made, words, context.settings.exponent, sms_place(context.settings, words)
            ):
                typer.echo(line)

    @program.command("load-data", help=words.load_data)
    def load_data_command(
        cards: Annotated[int, typer.Option(help=words.load_data_cards, min=1, max=MAX_CARDS)],
        codes: Annotated[Path, typer.Option(help=words.load_data_codes)],
    ) -> None:
        with _prepared() as (context, keys):
            count = load_data(context, keys, cards, codes)
        typer.echo(words.loaded.format(count=count, path=codes))
