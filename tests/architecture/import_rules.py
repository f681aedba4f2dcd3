"""Who may import what, where a whole package is too coarse to say it (import-linter says the rest)."""

from collections.abc import Iterator

from tests.architecture.source import PROGRAMS, Rule, Source, Violation

# Modules of a kind of device that name no device: its port, how its address and kinds are written, and the queue
# before it.
DEVICE_DOORS = frozenset({"port", "address", "kinds", "errors", "spooler"})
DATABASE_PACKAGES = ("sqlalchemy", "alembic", "psycopg", "psycopg_pool", "pysqlite3", "sqlite3")


def database_in_its_rooms(source: Source) -> Iterator[Violation]:
    """Only storage, migrations, tables, queries, and the terminal's journal and hub copy touch a database.

    A rule or a use case that holds a session can no longer be tested as a value, and every second way of
    reading a table is a second place where a lock or a filter is forgotten.
    """
    parts = source.room
    if not source.is_in("shared", *PROGRAMS):
        return
    if source.is_in(
        "hub_server/foundation/storage", "pos_app/storage", "pos_app/journal", "pos_app/hub_copy"
    ):
        return
    if {"migrations", "tables", "queries"}.intersection(parts):
        return
    for item in source.imports():
        if item.is_of("hub_server") or not any(item.is_of(package) for package in DATABASE_PACKAGES):
            continue
        yield source.at(
            item.line, f"{item.name}: the database is reached through queries or foundation/storage"
        )


def http_in_its_rooms(source: Source) -> Iterator[Violation]:
    """Only the terminal's hub client and the hub's gateway clients speak HTTP to somebody else.

    There the library's exceptions become ours and every wait has its bound; a request made elsewhere has
    neither, and may sit inside a transaction.
    """
    if not source.is_in("shared", *PROGRAMS) or source.is_in("pos_app/hub_client"):
        return
    if source.is_in("hub_server") and any(part.startswith("gateway") for part in source.room):
        return
    for item in source.imports():
        if any(
            item.is_of(package) for package in ("httpx", "requests", "urllib.request.urlopen", "http.client")
        ):
            yield source.at(item.line, f"{item.name}: ask through hub_client or a gateway client")


def widgets_in_views(source: Source) -> Iterator[Violation]:
    """Only `view.py`, the desktop and the appearance that the views share know widgets.

    A condition that lives in a widget can only be tested by clicking; a presenter is tested by calling it.
    """
    if not source.is_in("shared", *PROGRAMS) or source.is_in("pos_app/desktop", "pos_app/appearance"):
        return
    if source.is_in("pos_app/features") and source.room[-1] == "view":
        return
    for item in source.imports():
        if item.is_of("PySide6.QtWidgets"):
            yield source.at(item.line, "widgets belong in view.py, desktop or appearance")


def qt_above_the_counter(source: Source) -> Iterator[Violation]:
    """Only presenters, views, appearance, desktop, the background's Qt face and bootstrap know Qt at all.

    The command line does all that the window does on the same use cases, on machines with no Qt to load.
    """
    if not source.is_in("shared", *PROGRAMS):
        return
    if source.is_in("pos_app/desktop", "pos_app/appearance", "pos_app/background", "pos_app/bootstrap"):
        return
    if source.is_in("pos_app/features") and source.room[-1] in {"presenter", "view"}:
        return
    for item in source.imports():
        if item.is_of("PySide6"):
            yield source.at(item.line, f"{item.name}: this room works without Qt")


def devices_named_in_bootstrap(source: Source) -> Iterator[Violation]:
    """Only bootstrap names a concrete device; everybody else knows the port.

    So a camera that is a file, a folder or a stream, or a printer that is a test's, is the same to the counter.
    """
    if not source.is_in("pos_app") or source.is_in("pos_app/devices", "pos_app/bootstrap"):
        return
    for item in source.imports():
        parts = item.module.split(".")
        if parts[:2] == ["pos_app", "devices"] and len(parts) > 3 and parts[3] not in DEVICE_DOORS:
            yield source.at(item.line, f"{item.module} is a concrete device: take it from its port")


def both_programs_only_in_contract_and_system(source: Source) -> Iterator[Violation]:
    """Only `tests/contract` and `tests/system` see both programs.

    A unit test that needs both has found a rule that belongs in `shared`, or is a contract test.
    """
    if not source.is_in("tests", "packaging") or source.is_in("tests/contract", "tests/system"):
        return
    seen: dict[str, int] = {}
    for item in source.imports():
        for program in PROGRAMS:
            if item.is_of(program):
                seen.setdefault(program, item.line)
    if len(seen) == len(PROGRAMS):
        yield source.at(
            max(seen.values()), "imports both programs: move it to tests/contract or tests/system"
        )


RULES: tuple[Rule, ...] = (
    database_in_its_rooms,
    http_in_its_rooms,
    widgets_in_views,
    qt_above_the_counter,
    devices_named_in_bootstrap,
    both_programs_only_in_contract_and_system,
)
