"""What a file may hold: sizes and names, money, time, chance, error codes, and the habits of tests."""

import ast
import csv
from collections.abc import Iterator
from functools import cache

from tests.architecture.source import PROGRAMS, ROOT, Rule, Source, Violation

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 70
NAMELESS = frozenset({"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"})
MONEY_ROOMS = (
    "shared/money",
    "shared/rates",
    "shared/offline_rules",
    "hub_server/ledger",
    "hub_server/charging",
    "hub_server/refunding",
    "hub_server/topping_up",
    "hub_server/promotions",
    "hub_server/loyalty",
    "hub_server/settlement",
)
# `Clock` reads the machine's clock; nobody else does.
CLOCK_CALLS = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
)
CHANCE_MODULES = ("random", "secrets", "numpy.random")
CHANCE_CALLS = frozenset({"os.urandom", "uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "urandom"})
# In storage chance only spreads out the waits between attempts: it decides nothing that is stored or said.
CHANCE_ROOMS = ("shared/ids", "hub_server/foundation/storage", "hub_server/bootstrap", "pos_app/bootstrap")


def _in_program(source: Source) -> bool:
    return source.is_in("shared", *PROGRAMS)


def _dotted(node: ast.expr) -> str:
    """`a.b.c` for such an expression, and nothing for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def _ends_with(called: str, names: frozenset[str]) -> bool:
    return any(called == name or called.endswith(f".{name}") for name in names)


def _calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, _dotted(node.func)


def modules_stay_small(source: Source) -> Iterator[Violation]:
    """No module over 400 lines (aim at 300): what does not fit the head is changed by guess."""
    lines = source.text.count("\n")
    if lines > MAX_MODULE_LINES:
        yield source.at(1, f"{lines} lines; the limit is {MAX_MODULE_LINES}")


def functions_stay_small(source: Source) -> Iterator[Violation]:
    """No function over 70 lines (aim at 50): branches in the parent, pure leaves."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield source.at(node.lineno, f"{node.name}: {lines} lines; the limit is {MAX_FUNCTION_LINES}")


def rooms_are_named_for_what_they_hold(source: Source) -> Iterator[Violation]:
    """No room or module called utils, helpers, common, misc or manager: such a room takes in everything."""
    for part in source.room:
        if part in NAMELESS:
            yield source.at(1, f"“{part}” does not say what is in it")


def money_is_whole(source: Source) -> Iterator[Violation]:
    """Where money is computed there is no float and no `/`.

    Minor units and rates in 1/10,000 are integers, rounded once by the one rounding; a float loses a cent that
    two sides then disagree about.
    """
    if not source.is_in(*MONEY_ROOMS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield source.at(node.lineno, "`/` makes a float: divide with the one rounding")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield source.at(node.lineno, f"{node.value} is a float")
        elif isinstance(node, ast.Call) and _dotted(node.func) == "float":
            yield source.at(node.lineno, "float(): money is an integer of minor units")
        elif isinstance(node, ast.arg | ast.AnnAssign | ast.FunctionDef | ast.AsyncFunctionDef):
            said = (
                node.returns if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else node.annotation
            )
            if said is not None and any(
                _dotted(x) == "float" for x in ast.walk(said) if isinstance(x, ast.expr)
            ):
                yield source.at(node.lineno, "annotated as a float: money is an integer of minor units")


def time_comes_from_the_clock(source: Source) -> Iterator[Violation]:
    """Only `shared/clock.py` reads the machine's clock.

    Expiry, offline limits and settlement days are tested by a clock that is told the time; and a naive datetime
    means something else on each machine.
    """
    if not _in_program(source) or source.is_in("shared/clock"):
        return
    for call, called in _calls(source):
        if _ends_with(called, CLOCK_CALLS):
            yield source.at(call.lineno, f"{called}(): ask the injected Clock")


def chance_is_injected(source: Source) -> Iterator[Violation]:
    """Only `shared/ids.py` and the composition roots draw at random; everybody else is handed what to draw from.

    Then a backoff, an id or a code in a test is the same each time, and the real source is chosen in one place.
    """
    if not _in_program(source) or source.is_in(*CHANCE_ROOMS):
        return
    for item in source.imports():
        if any(item.is_of(module) for module in CHANCE_MODULES):
            yield source.at(
                item.line, f"{item.name}: take randomness as an argument (hmac compares in constant time)"
            )
    for call, called in _calls(source):
        if called in CHANCE_CALLS:
            yield source.at(call.lineno, f"{called}(): ids come from shared.ids, other chance as an argument")


@cache
def catalogue_codes() -> frozenset[str]:
    """The codes of the closed error catalogue."""
    with (ROOT / "shared" / "errors.csv").open(encoding="utf-8", newline="") as rows:
        return frozenset(row["code"] for row in csv.DictReader(rows))


def error_codes_are_named(source: Source) -> Iterator[Violation]:
    """An error code is written `Code.X`, a member of the closed catalogue, and never as a text.

    The type checker then refuses a code that `errors.csv` does not hold, and finds every place that uses one.
    A member of another enum may be spelled like a code: an audit event is no error.
    """
    if not _in_program(source) or source.is_in("shared/problems"):
        return
    members = _enum_values(source)
    for node in ast.walk(source.tree):
        if node in members:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in catalogue_codes():
            yield source.at(node.lineno, f"write Code.{node.value}")
        elif (
            isinstance(node, ast.Attribute)
            and _dotted(node.value) in {"Code", "problems.Code"}
            and node.attr.isupper()
            and node.attr not in catalogue_codes()
        ):
            yield source.at(node.lineno, f"{node.attr} is not in errors.csv")


def _enum_values(source: Source) -> set[ast.AST]:
    """The values that a class's body gives to names in capitals."""
    return {
        statement.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign) and _dotted(statement.targets[0]).isupper()
    }


def tests_wait_for_what_happens(source: Source) -> Iterator[Violation]:
    """A test never sleeps, is never skipped, and patches nothing by a string path.

    A sleep is too short on a busy machine and too long on every other; a skipped test is a promise nobody keeps;
    a patched path goes on passing when what it named has moved. A benchmark is no test: its customers come at a
    pace, and it looks at an interval that its figures can bear.
    """
    if not source.is_in("tests"):
        return
    for call, called in _calls(source):
        is_sleep = called in {"time.sleep", "sleep", "asyncio.sleep"} and not _is_zero(call)
        if is_sleep and not source.is_in("tests/benchmarks"):
            yield source.at(call.lineno, "wait for the thing itself, with a bound")
        elif called in {"pytest.skip", "pytest.xfail", "unittest.skip", "pytest.importorskip"}:
            yield source.at(call.lineno, "a test runs or is removed")
        elif _patches_by_path(call, called):
            yield source.at(call.lineno, "hand the fake in through the port")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and _dotted(node).endswith(
            ("mark.skip", "mark.skipif", "mark.xfail")
        ):
            yield source.at(node.lineno, "a test runs or is removed")


def _is_zero(call: ast.Call) -> bool:
    """`asyncio.sleep(0)` waits for nothing: it lets the others run."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and first.value == 0


def _patches_by_path(call: ast.Call, called: str) -> bool:
    if not (called in {"patch", "mock.patch", "mocker.patch"} or called.endswith("monkeypatch.setattr")):
        return False
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str)


def nothing_is_left_for_later(source: Source) -> Iterator[Violation]:
    """No stubs, and no exception swallowed without a word: both look finished and are not."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and all(isinstance(x, ast.Pass) for x in node.body):
            yield source.at(
                node.lineno, "an exception swallowed; contextlib.suppress says so where it is meant"
            )
        elif (
            isinstance(node, ast.Raise)
            and node.exc is not None
            and "NotImplementedError" in ast.dump(node.exc)
        ):
            yield source.at(node.lineno, "a stub")


RULES: tuple[Rule, ...] = (
    modules_stay_small,
    functions_stay_small,
    rooms_are_named_for_what_they_hold,
    money_is_whole,
    time_comes_from_the_clock,
    chance_is_injected,
    error_codes_are_named,
    tests_wait_for_what_happens,
    nothing_is_left_for_later,
)
