"""The commands and their options (surface.md). What each needs is imported when it runs: a start should be quick."""

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from pos_app.command_line.exits import EXITS_HELP, CommandFailed, Exit
from pos_app.command_line.journal_app import journal_app, sign_out
from pos_app.command_line.running import (
    AsJson,
    CameraOption,
    DataDir,
    Lang,
    PrinterOption,
    run_work,
    say_line,
    settings_of,
)

# Plain help: the list of exit codes keeps its lines.
app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=False, rich_markup_mode=None
)
app.add_typer(journal_app, name="journal", help="Read, prove, carry out the journal.")
app.command("sign-out")(sign_out)

logger = logging.getLogger("mps.pos.command_line")
_INTERRUPTED: Final = 130


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
    settings = settings_of(data_dir, language, camera=camera, printer=printer)

    def show() -> Exit:
        from pos_app.bootstrap.window import run_window

        return Exit.DONE if run_window(settings) == 0 else Exit.FAULT

    run_work(settings, show)


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
    settings = settings_of(data_dir, language)

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
            say_line(json.dumps({"terminal_id": facts.terminal_id, "terminal_no": facts.terminal_no}))
        else:
            say_line(say("enrolled", settings.language, number=facts.terminal_no, store=facts.shop_name))
        return Exit.DONE

    run_work(settings, work)


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
    settings = settings_of(data_dir, language, printer=printer)

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
            say_line(json.dumps(report.json, ensure_ascii=False))
        if not as_json or report.exit is not Exit.DONE:
            (sys.stderr if report.exit is not Exit.DONE else sys.stdout).write(report.sentence + "\n")
        return report.exit

    run_work(settings, work, charging=True)


@app.command()
def scan(
    files: Annotated[list[Path], typer.Argument(metavar="FILES")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
) -> None:
    """Read the codes in pictures and videos."""
    settings = settings_of(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.scanning import scan_files

        unread = 0
        for scanned in scan_files(files, settings.language):
            unread += scanned.fault is not None
            if as_json:
                say_line(json.dumps(scanned.as_dict(), ensure_ascii=False))
                continue
            for text in scanned.texts:
                say_line(text)
            if scanned.remark:
                sys.stderr.write(scanned.remark + "\n")
        return Exit.WRONG_USE if unread else Exit.DONE

    run_work(settings, work)


@app.command()
def sync(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """Send and receive once."""
    settings = settings_of(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import status as look
        from pos_app.command_line.sending import send_and_receive
        from pos_app.command_line.words import say

        sent = send_and_receive(settings)
        if as_json:
            say_line(json.dumps({**look(settings), "recovered": sent.recovered}, ensure_ascii=False))
        else:
            say_line(say("synced", settings.language, depth=sent.depth))
        return Exit.DONE

    run_work(settings, work)


@app.command()
def status(as_json: AsJson = False, data_dir: DataDir = None, language: Lang = None) -> None:
    """Queue, limits, last contact, devices."""
    settings = settings_of(data_dir, language)

    def work() -> Exit:
        from pos_app.command_line.looking import status as look
        from pos_app.command_line.tables import status_table

        lines = [json.dumps(look(settings), ensure_ascii=False)] if as_json else status_table(settings)
        for line in lines:
            say_line(line)
        return Exit.DONE

    run_work(settings, work)


@app.command()
def doctor(
    as_json: AsJson = False,
    data_dir: DataDir = None,
    language: Lang = None,
    camera: CameraOption = None,
    printer: PrinterOption = None,
) -> None:
    """Check what the counter needs, and say what to do."""
    settings = settings_of(data_dir, language, camera=camera, printer=printer)

    def work() -> Exit:
        from pos_app.command_line.looking import doctor as check
        from pos_app.command_line.words import say

        well = True
        for finding in check(settings):
            well = well and finding.is_well
            if as_json:
                row = {"check": finding.name, "ok": finding.is_well, "seen": finding.seen, "do": finding.do}
                say_line(json.dumps(row, ensure_ascii=False))
            else:
                well_or_note = "note" if finding.do else "ok"
                mark = say(well_or_note if finding.is_well else "wrong", settings.language)
                say_line(f"[{mark}] {finding.seen}" + (f" → {finding.do}" if finding.do else ""))
        return Exit.DONE if well else Exit.FAULT

    run_work(settings, work)


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
