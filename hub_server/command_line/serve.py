"""`mps-hub serve`."""

import os
import signal
import socket
from types import FrameType
from typing import Final, NoReturn
from urllib.parse import unquote, urlsplit

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from hub_server.bootstrap import open_context, open_keys, prepare_database
from hub_server.command_line.words import Words
from hub_server.foundation.web import BoundedHeads, HubServer
from hub_server.settings import Settings

BACKLOG = 2_048
ADDRESS_FILE: Final = "hub.url"
_ANY = frozenset({"0.0.0.0", "::", ""})


class CannotListen(Exception):
    """The port is taken, or the address is not this machine's."""


def serve(settings: Settings, words: Words, host: str, port: int, workers: int) -> None:
    """Serve until told to stop; then finish what is at hand.

    Raises:
        CannotListen, KeyFileError, MigrationNeeded, SchemaTooNew: the hub does not start.
    """
    listener = _listen(words, host, port)
    with listener:
        address = _address(host, listener.getsockname()[1])
        if "base_url" not in settings.model_fields_set:
            settings = settings.model_copy(update={"base_url": address})
        # The workers read their settings themselves.
        os.environ["MPS_HUB_BASE_URL"] = settings.base_url
        if _refuse_early(settings) and workers > 1:
            typer.echo(words.one_worker, err=True)
            workers = 1
        config = uvicorn.Config(
            "hub_server.bootstrap:serving_application",
            factory=True,
            workers=workers,
            http=BoundedHeads,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=settings.shutdown_timeout_s,
        )
        server = HubServer(config)
        remember_address(settings)
        _tell_places(settings, words, address)
        if workers == 1:
            _run_alone(server, listener)
        else:
            Multiprocess(config, sockets=[listener]).run()
    typer.echo(words.stopped)


def remember_address(settings: Settings) -> None:
    """Keep what the hub calls itself beside its data, for commands that are told no base URL."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / ADDRESS_FILE).write_text(settings.base_url + "\n", encoding="utf-8")


def with_remembered_address(settings: Settings) -> Settings:
    """The settings, with the address that the hub of this data directory last served at unless one is set."""
    file = settings.data_dir / ADDRESS_FILE
    if "base_url" in settings.model_fields_set or not file.is_file():
        return settings
    told = Settings(data_dir=settings.data_dir, base_url=file.read_text(encoding="utf-8").strip())
    return settings.model_copy(update={"base_url": told.base_url})


def sms_place(settings: Settings, words: Words) -> str:
    """Where text messages go: the file's path, or the gateway's host; never what the address holds of secrets."""
    parts = urlsplit(settings.sms_address)
    if parts.scheme == "file":
        return unquote(parts.path)
    return words.sms_gateway.format(host=parts.hostname or parts.scheme)


def _tell_places(settings: Settings, words: Words, address: str) -> None:
    page = f"{settings.base_url.rstrip('/')}/m/"
    typer.echo(words.serving_page.format(page=page), err=True)
    if settings.base_url != address:
        typer.echo(words.serving_base.format(base=settings.base_url), err=True)
    typer.echo(words.serving_data.format(path=settings.data_dir.absolute()), err=True)
    typer.echo(words.serving_sms.format(sms=sms_place(settings, words)), err=True)
    # Last, and on standard output: scripts wait for the address.
    typer.echo(words.serving.format(address=address))


def _run_alone(server: HubServer, listener: socket.socket) -> None:
    """Run in this process. uvicorn raises the signal that stopped it once more: a wanted stop is no failure.

    Raises:
        RuntimeError: the application did not start.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        server.run(sockets=[listener])
    except SystemExit:
        return
    if not server.started:
        raise RuntimeError("the application did not start")


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _refuse_early(settings: Settings) -> bool:
    """Find out before the first worker starts whether it can; tells whether the database is embedded."""
    context = open_context(settings)
    try:
        open_keys(context)
        prepare_database(context)
        return context.database.is_sqlite
    finally:
        context.database.close()


def _listen(words: Words, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        problem = error.strerror or type(error).__name__
        raise CannotListen(words.port_taken.format(host=host, port=port, problem=problem)) from error
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def _address(host: str, port: int) -> str:
    name = "127.0.0.1" if host in _ANY else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"
