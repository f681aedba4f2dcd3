"""The commands and their options (surface.md). What each needs is imported when it runs: a start should be quick."""

import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from pos_app.command_line.exits import EXITS_HELP, CommandFailed, Exit
from pos_app.settings import Settings
from shared.problems import LANGUAGES

# Plain help: the list of exit codes keeps its lines.
app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False, rich_markup_mode=None
)
journal_app = typer.Typer(no_args_is_help=False)
app.add_typer(journal_app, name="journal", help="Read, prove, carry out the journal.")

logger = logging.getLogger("mps.pos.command_line")
_INTERRUPTED: Final = 130
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where the terminal keeps its journal.")]
Lang = Annotated[str | None, typer.Option("--language", help="zh_TW or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
PrinterOption = Annotated[str | None, typer.Option("--printer", help="Where receipts go.")]
CameraOption = Annotated[str | None, typer.Option("--camera", help="Index, file, folder, URL or none.")]


def _settings(data_dir: Path | None, language: str | None, **more: str | None) -> Settings:
    given: dict[str, object] = {"data_dir": data_dir, "language": language, **more}
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"--language: {' / '.join(LANGUAGES)}")
    return Settings.model_validate(
        {
            **Settings().model_dump(exclude_unset=True),
            **{name: value for name, value in given.items() if value is not None},
        }
    )


def _run(settings: Settings, work: Callable[[], Exit], *, charging: bool = False) -> None:
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


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


@app.callback(invoke_without_command=True, epilog=EXITS_HELP)
def window(
    context: typer.Context,
    data_dir: DataDir = None,
    camera: CameraOption = None,
    printer: PrinterOption = None,
    language: Lang = None,
) -> None:
    """The terminal's window, if no command is given."""
    if context.invoked_subcommand is not None:
        return
    settings = _settings(data_dir, language, camera=camera, printer=printer)

    def show() -> Exit:
        from pos_app.bootstrap.window import run_window

        return Exit.DONE if run_window(settings) == 0 else Exit.FAULT

    _run(settings, show)


@app.command()
def enrol(
    hub: Annotated[str, typer.Option("--hub", help="The hub's address.")],
    code: Annotated[str, typer.Option("--code", help="The enrolment code.")],
    name: Annotated[str, typer.Option("--name")] = "POS",
    data_dir: DataDir = None,
    language: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Make this machine a terminal."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.bootstrap import build_enrolment, http_hub
        from pos_app.command_line.words import say
        from shared.clock import SystemClock

        port = http_hub(hub, SystemClock(), None)
        try:
            enrolling, database = build_enrolment(settings)
            try:
                facts = enrolling.enrol(port, code, name)
            finally:
                database.close()
        finally:
            port.close()
        if as_json:
            _print(json.dumps({"terminal_id": facts.terminal_id, "terminal_no": facts.terminal_no}))
        else:
            _print(say("enrolled", settings.language, number=facts.terminal_no, store=facts.shop_name))
        return Exit.DONE

    _run(settings, work)


@app.command()
def charge(
    amount: Annotated[str, typer.Option("--amount", help="Decimal, such as 299.00.")],
    code: Annotated[str | None, typer.Option("--code", help="A payment code's text.")] = None,
    image: Annotated[Path | None, typer.Option("--image", help="A picture of it.")] = None,
    cashier: Annotated[str | None, typer.Option("--cashier", help="A staff id.")] = None,
    pin: Annotated[str | None, typer.Option("--pin")] = None,
    offline: Annotated[Literal["allow", "never"], typer.Option("--offline")] = "allow",
    order_ref: Annotated[str | None, typer.Option("--order-ref")] = None,
    as_json: AsJson = False,
    printer: PrinterOption = None,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Charge a payment code."""
    settings = _settings(data_dir, language, printer=printer)

    def work() -> Exit:
        from pos_app.command_line.charging import ChargeOrder
        from pos_app.command_line.charging import charge as charge_now

        order = ChargeOrder(
            amount=amount,
            code=code,
            image=image,
            cashier=cashier,
            pin=pin,
            offline=offline == "allow",
            order_ref=order_ref,
        )
        report = charge_now(settings, order)
        if as_json:
            _print(json.dumps(report.json, ensure_ascii=False))
        if not as_json or report.exit is not Exit.DONE:
            (sys.stderr if report.exit is not Exit.DONE else sys.stdout).write(report.sentence + "\n")
        return report.exit

    _run(settings, work, charging=True)


@app.command()
def scan(
    files: Annotated[list[Path], typer.Argument(metavar="FILES")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Read the codes in pictures and videos."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.scanning import scan_files

        unread = 0
        for scanned in scan_files(files, settings.language):
            unread += scanned.fault is not None
            if as_json:
                _print(json.dumps(scanned.as_dict(), ensure_ascii=False))
                continue
            for text in scanned.texts:
                _print(text)
            if scanned.remark:
                sys.stderr.write(scanned.remark + "\n")
        return Exit.WRONG_USE if unread else Exit.DONE

    _run(settings, work)


@app.command()
def sync(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """Send and receive once."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import status as look
        from pos_app.command_line.sending import send_and_receive
        from pos_app.command_line.words import say

        sent = send_and_receive(settings)
        if as_json:
            _print(json.dumps({**look(settings), "recovered": sent.recovered}, ensure_ascii=False))
        else:
            _print(say("synced", settings.language, depth=sent.depth))
        return Exit.DONE

    _run(settings, work)


@app.command()
def status(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """Queue, limits, last contact, devices."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import status as look
        from pos_app.command_line.tables import status_table

        lines = [json.dumps(look(settings), ensure_ascii=False)] if as_json else status_table(settings)
        for line in lines:
            _print(line)
        return Exit.DONE

    _run(settings, work)


@app.command()
def doctor(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
    camera: CameraOption = None,
    printer: PrinterOption = None,
) -> None:
    """Check what the counter needs, and say what to do."""
    settings = _settings(data_dir, language, camera=camera, printer=printer)

    def work() -> Exit:
        from pos_app.command_line.looking import doctor as check
        from pos_app.command_line.words import say

        well = True
        for finding in check(settings):
            well = well and finding.is_well
            if as_json:
                row = {"check": finding.name, "ok": finding.is_well, "seen": finding.seen, "do": finding.do}
                _print(json.dumps(row, ensure_ascii=False))
            else:
                well_or_note = "note" if finding.do else "ok"
                mark = say(well_or_note if finding.is_well else "wrong", settings.language)
                _print(f"[{mark}] {finding.seen}" + (f" → {finding.do}" if finding.do else ""))
        return Exit.DONE if well else Exit.FAULT

    _run(settings, work)


@journal_app.command("list")
def journal_list(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """The entries in short."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import entries
        from pos_app.command_line.tables import journal_table

        lines = map(json.dumps, entries(settings)) if as_json else journal_table(settings)
        for line in lines:
            _print(line)
        return Exit.DONE

    _run(settings, work)


@journal_app.command("verify")
def journal_verify(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """Prove the whole journal."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import verify
        from pos_app.command_line.words import say

        count = verify(settings)
        _print(
            json.dumps({"verified": True, "entries": count})
            if as_json
            else say("verified", settings.language, count=count)
        )
        return Exit.DONE

    _run(settings, work)


@journal_app.command("export")
def journal_export(data_dir: DataDir = None, language: Lang = None) -> None:
    """The journal as JSON lines."""
    settings = _settings(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import exported

        for line in exported(settings):
            _print(line)
        return Exit.DONE

    _run(settings, work)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. 64 for wrong use, 70 for a fault of ours."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", handlers=[shown])
    try:
        code = app(args=list(arguments), prog_name="mps-pos", standalone_mode=False)
        return code if isinstance(code, int) else int(Exit.DONE)
    except CommandFailed as failed:
        sys.stderr.write(failed.message + "\n")
        return int(failed.code)
    except (TyperException, ValidationError) as error:
        from pos_app.command_line.mistyped import said_of_settings, said_of_usage

        told = (
            said_of_settings(error, arguments)
            if isinstance(error, ValidationError)
            else said_of_usage(error.format_message(), arguments)
        )
        sys.stderr.write(told + "\n")
        return int(Exit.WRONG_USE)
    except typer.Abort:
        return _INTERRUPTED
    except Exception as error:
        # The last boundary, for what failed before there was a place for a log.
        logger.critical("a fault of ours", exc_info=error)
        return int(Exit.FAULT)
