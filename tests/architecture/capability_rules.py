"""What the files of a hub capability are for, and what each may see of the others."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Rule, Source, Violation

# Not capabilities: what carries the business, and what puts it together and so sees everything.
GROUND = frozenset({"foundation", "migrations"})
COMPOSITION = frozenset({"__main__", "command_line", "bootstrap", "settings"})

EDGES = frozenset({"routes", "jobs"})
PURE = frozenset({"rules", "states", "errors"})
ROWS = frozenset({"tables"})
READS = frozenset({"queries"})
MIN_OWNERSHIP_WORDS = 5


def _place(module: str) -> tuple[str, str] | None:
    """`hub_server.cards.tables` as `("cards", "tables")`; the package itself has the file `__init__`."""
    parts = module.split(".")
    if parts[0] != "hub_server" or len(parts) < 2 or parts[1] in GROUND | COMPOSITION:
        return None
    return parts[1], parts[2] if len(parts) > 2 else "__init__"


def _neighbours(source: Source) -> Iterator[tuple[int, str, str]]:
    """Line, capability and file of each import from a capability of the hub."""
    for item in source.imports():
        place = _place(item.module)
        if place is None:
            continue
        capability, file = place
        # `from hub_server.cards import tables` takes a file as well as a name may be taken.
        if file == "__init__" and item.name.rpartition(".")[2] in EDGES | PURE | ROWS | READS:
            file = item.name.rpartition(".")[2]
        yield item.line, capability, file


def each_file_sees_only_what_is_below(source: Source) -> Iterator[Violation]:
    """Inside a capability: routes and jobs → use case → queries → tables; rules and states → shared alone.

    A rule that reads a row cannot be tried on a thousand cases in a second, and a query that calls a use case
    hides a decision where nobody looks for one.
    """
    own = _place(".".join(source.room))
    if own is None:
        return
    capability, file = own
    if file == "__init__":
        return
    for line, other, seen in _neighbours(source):
        reason = None
        if file in PURE and not (other == capability and seen in PURE):
            reason = f"{file} may see only shared and its own rules, states and errors"
        elif file in ROWS and seen not in ROWS | PURE:
            reason = "tables may see only tables and states"
        elif file in READS and other == capability and seen not in ROWS | READS | PURE:
            reason = "queries may see only tables, queries, rules and states"
        elif file in EDGES and seen in ROWS:
            reason = f"{file} go through a use case or a query, not to the tables"
        elif file not in EDGES and seen in EDGES:
            reason = f"only bootstrap sees the {seen} of a capability"
        if reason is not None:
            yield source.at(line, f"{other}.{seen}: {reason}")


def pure_files_leave_the_foundation_alone(source: Source) -> Iterator[Violation]:
    """Rules and states import nothing of the hub's foundation or settings: figures come in as arguments.

    A rule that asks for a setting gives another answer tomorrow than the entry it decided says.
    """
    own = _place(".".join(source.room))
    if own is None or own[1] not in {"rules", "states"}:
        return
    for item in source.imports():
        if item.is_of("hub_server.foundation") or item.is_of("hub_server.settings"):
            yield source.at(item.line, f"{item.name}: {own[1]} may see only shared")


def capabilities_have_one_door(source: Source) -> Iterator[Violation]:
    """A capability is entered by its package; only a neighbour's tables and queries may name its tables.

    What the package offers is a promise; its files are free to change. Joins and foreign keys are facts of the
    database, and import-linter still keeps their direction. Bootstrap and the migrations see everything.
    """
    own = _place(".".join(source.room))
    if own is None:
        return
    capability, file = own
    for line, other, seen in _neighbours(source):
        if other == capability or seen == "__init__":
            continue
        if seen in ROWS and file in ROWS | READS:
            continue
        yield source.at(line, f"{other}.{seen}: enter {other} by its package")


def capabilities_say_what_they_own(source: Source) -> Iterator[Violation]:
    """Every capability's package begins with a docstring that says what it owns.

    Whoever looks for a table, a rule or a job reads those first; two that claim the same thing show at once.
    """
    if source.room[0] != "hub_server" or source.room[-1] != "__init__" or len(source.room) != 3:
        return
    told = ast.get_docstring(source.tree) or ""
    if len(told.split()) < MIN_OWNERSHIP_WORDS:
        yield source.at(1, "the package's docstring does not say what it owns")


RULES: tuple[Rule, ...] = (
    each_file_sees_only_what_is_below,
    pure_files_leave_the_foundation_alone,
    capabilities_have_one_door,
    capabilities_say_what_they_own,
)
