"""Bad input at the counter: a clear message in the screen's language, and nothing written but the refusal."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import pytest

from pos_app.command_line.app import run as run_pos
from shared.problems import Code, Language
from tests.builders.codes import qr_pixels, text_like_a_payment_code
from tests.fakes.line import Line, LineFault
from tests.system.processes import HubProcess, TerminalCommands
from tests.system.shop import CHEAP_HASHES, Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import own_entries, verified_journal

# One worker for all, which makes what they share once.
pytestmark = pytest.mark.xdist_group("bad_input")

DECLINED: Final = 10
WRONG_USE: Final = 64
DONE: Final = 0
_AMOUNT: Final = "299.00"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WEB: Final = "https://example.com/menu?table=7"
_WIFI: Final = "WIFI:T:WPA;S:Shop guests;P:welcome-123;;"
_LANGUAGES: tuple[Language, ...] = ("zh_TW", "en")


@dataclass(frozen=True)
class Counter:
    """A terminal that is enrolled and idle, and its command line."""

    shop: Shop
    folder: Path

    def books(self) -> tuple[list[tuple[int, str, str | None]], list[str], int]:
        """Everything that a refusal must leave as it is: both journals and the number of movements."""
        terminal_id = verified_journal(self.folder)[0].terminal_id
        theirs = [row["jws"] for row in self.shop.entries_of(terminal_id)]
        return own_entries(self.folder), theirs, len(self.shop.charges_of(terminal_id))


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    errors: str

    @property
    def all(self) -> str:
        """On both."""
        return self.out + self.errors


Typed = Callable[..., Said]


@pytest.fixture(scope="module")
def counter(shop: Shop, long_line: Line, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Whose genesis the hub has."""
    folder = tmp_path_factory.mktemp("counter") / "terminal"
    enrol_here(folder, long_line.url, shop.enrolment_code())
    with Till(folder) as till:
        till.wait_online()
    return Counter(shop, folder)


@pytest.fixture
def typed(counter: Counter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """`typed("charge", …)`: the command line in this process, since a process for each would take minutes."""
    monkeypatch.setenv("MPS_POS_KEY_STORE", "file")

    def type_in(command: str, *arguments: str, folder: Path | None = None) -> Said:
        capsys.readouterr()
        code = run_pos([command, "--data-dir", str(folder or counter.folder), *arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return type_in


@pytest.fixture(scope="module")
def foreign_code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A live code of a hub with keys of its own."""
    with HubProcess(tmp_path_factory.mktemp("other"), environment=CHEAP_HASHES) as hub:
        other = Shop.open(hub)
        yield other.payment_code().text
        other.close()


def _speaks(text: str, language: Language) -> bool:
    """Whether people who read that language alone can read it."""
    return bool(text.strip()) and bool(_CHINESE.search(text)) is (language == "zh_TW")


def _refused(
    typed: Typed,
    counter: Counter,
    language: Language,
    code: Code,
    *arguments: str,
    exit_code: int = DECLINED,
) -> None:
    before = counter.books()
    done = typed("charge", "--language", language, *arguments, "--json")
    assert done.code == exit_code, done.all
    assert "Traceback" not in done.all
    assert _speaks(done.errors, language), done.errors
    if exit_code == DECLINED:
        told = json.loads(done.out)
        assert (told["status"], told["error"]["code"]) == ("declined", code)
        assert (told["transaction"], told["entry_id"], told["seq"]) == (None, None, None)
    assert counter.books() == before


CODES: dict[str, Callable[[Counter], str]] = {
    "a web address": lambda _: _WEB,
    "a Wi-Fi code": lambda _: _WIFI,
    "a code of the right form that nobody signed": lambda _: text_like_a_payment_code(),
    "a code cut short": lambda counter: counter.shop.payment_code().text[:-9],
    "a code with one character changed": lambda counter: _changed(counter.shop.payment_code().text),
    "a code far too long": lambda _: "MPS1:" + "A" * 600,
    "Chinese text": lambda _: "這不是付款碼",
}


def _changed(text: str) -> str:
    middle = len(text) // 2
    return text[:middle] + ("0" if text[middle] != "0" else "1") + text[middle + 1 :]


@pytest.mark.parametrize(("kind", "language"), [(kind, _LANGUAGES[n % 2]) for n, kind in enumerate(CODES)])
def test_what_is_no_payment_code_is_refused(
    typed: Typed, counter: Counter, kind: str, language: Language
) -> None:
    text = CODES[kind](counter)
    _refused(typed, counter, language, Code.INVALID_QR, "--amount", _AMOUNT, "--code", text)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_code_of_another_hub_is_refused(
    typed: Typed, counter: Counter, foreign_code: str, language: Language
) -> None:
    _refused(typed, counter, language, Code.INVALID_QR, "--amount", _AMOUNT, "--code", foreign_code)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_an_expired_code_is_refused(typed: Typed, counter: Counter, language: Language) -> None:
    code = counter.shop.expired_code()
    before = counter.books()
    done = typed("charge", "--language", language, "--amount", _AMOUNT, "--code", code.text, "--json")
    assert done.code == DECLINED, done.all
    assert json.loads(done.out)["error"]["code"] == Code.QR_EXPIRED
    assert _speaks(done.errors, language), done.errors
    # A terminal that has not heard the hub's time since its start leaves the code's life to the hub.
    ours, theirs, movements = counter.books()
    assert movements == before[2]
    assert len(ours) - len(before[0]) == len(theirs) - len(before[1]) <= 1


@pytest.mark.parametrize("language", _LANGUAGES)
def test_an_expired_code_is_refused_offline_and_nothing_is_written(
    typed: Typed, counter: Counter, line: Line, language: Language
) -> None:
    code = counter.shop.expired_code()
    line.become(LineFault.REFUSE)
    _refused(typed, counter, language, Code.QR_EXPIRED, "--amount", _AMOUNT, "--code", code.text)


AMOUNTS: Final = (
    "0",
    "0.00",
    "-1",
    "-299.00",
    "1000000.00",
    "9" * 30,
    "1.005",
    "12,5",
    "1e3",
    "",
    "abc",
    "٣",
    "NaN",
)


@pytest.mark.parametrize(
    ("amount", "language"), [(amount, _LANGUAGES[n % 2]) for n, amount in enumerate(AMOUNTS)]
)
def test_an_amount_that_is_none_is_wrong_use(
    typed: Typed, counter: Counter, amount: str, language: Language
) -> None:
    code = counter.shop.payment_code()
    arguments = (f"--amount={amount}", "--code", code.text)
    _refused(typed, counter, language, Code.INVALID_AMOUNT, *arguments, exit_code=WRONG_USE)


def test_a_charge_over_the_balance_writes_only_the_refusal(typed: Typed, counter: Counter) -> None:
    code = counter.shop.payment_code()
    before = counter.books()
    told = json.loads(typed("charge", "--amount", "999999.99", "--code", code.text, "--json").out)
    assert (told["status"], told["error"]["code"]) == ("declined", Code.INSUFFICIENT_BALANCE)
    assert told["entry_id"] is not None
    ours, theirs, movements = counter.books()
    assert movements == before[2]
    assert [entry[1] for entry in ours[len(before[0]) :]] == theirs[len(before[1]) :]
    assert len(ours) == len(before[0]) + 1


@pytest.fixture
def pictures(tmp_path: Path, counter: Counter) -> dict[str, Path]:
    """Images that hold no payment code, or none that can be read."""
    made: dict[str, Path] = {}
    for name, text in (("web", _WEB), ("wifi", _WIFI)):
        made[name] = tmp_path / f"{name}.png"
        cv2.imwrite(str(made[name]), qr_pixels(text))
    whole = qr_pixels(counter.shop.payment_code().text)
    made["torn"] = tmp_path / "torn.png"
    cv2.imwrite(str(made["torn"]), whole[: whole.shape[0] // 2])
    made["half a file"] = tmp_path / "half.png"
    made["half a file"].write_bytes(made["web"].read_bytes()[: made["web"].stat().st_size // 2])
    made["no picture"] = tmp_path / "text.png"
    made["no picture"].write_text("this is no picture")
    made["nothing"] = tmp_path / "empty.png"
    made["nothing"].touch()
    return made


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_charge_from_a_picture_without_a_payment_code_is_refused(
    typed: Typed, counter: Counter, pictures: dict[str, Path], language: Language
) -> None:
    before = counter.books()
    for name, picture in pictures.items():
        done = typed("charge", "--language", language, "--amount", _AMOUNT, "--image", str(picture))
        assert done.code in (DECLINED, WRONG_USE), f"{name}: {done.all}"
        assert "Traceback" not in done.all, name
        assert _speaks(done.all.replace(str(picture), ""), language), f"{name}: {done.all}"
    assert counter.books() == before


def test_scan_reads_what_is_there_and_survives_what_is_not(typed: Typed, pictures: dict[str, Path]) -> None:
    done = typed("scan", *[str(picture) for picture in pictures.values()], "--json")
    assert "Traceback" not in done.all
    told: list[dict[str, Any]] = [json.loads(line) for line in done.out.splitlines()]
    assert [Path(line["file"]) for line in told] == list(pictures.values())
    texts = {Path(line["file"]): line["texts"] for line in told}
    assert texts[pictures["web"]] == [_WEB]
    assert texts[pictures["wifi"]] == [_WIFI]
    assert [texts[pictures[name]] for name in ("torn", "half a file", "no picture", "nothing")] == [[]] * 4
    assert all(isinstance(line["ms"], int | float) for line in told)


def test_a_missing_picture_is_wrong_use(typed: Typed, counter: Counter, tmp_path: Path) -> None:
    arguments = ("--amount", _AMOUNT, "--image", str(tmp_path / "none.png"))
    _refused(typed, counter, "en", Code.INVALID_QR, *arguments, exit_code=WRONG_USE)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="nothing"),
        pytest.param(("--amount", "1.00"), id="no code"),
        pytest.param(("--code", "MPS1:A"), id="no amount"),
        pytest.param(("--amount", "1.00", "--code", "MPS1:A", "--offline", "perhaps"), id="no such choice"),
        pytest.param(("--amount", "1.00", "--code", "MPS1:A", "--moon"), id="no such option"),
        pytest.param(
            ("--amount", "1.00", "--code", "MPS1:A", "--cashier", "x"), id="a cashier without a PIN"
        ),
    ],
)
def test_a_charge_that_is_not_whole_is_wrong_use(
    typed: Typed, counter: Counter, arguments: tuple[str, ...]
) -> None:
    before = counter.books()
    done = typed("charge", *arguments)
    assert done.code == WRONG_USE, done.all
    assert done.errors.strip()
    assert counter.books() == before


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_terminal_that_is_not_enrolled_says_so(typed: Typed, tmp_path: Path, language: Language) -> None:
    for command in ("sync", "status"):
        done = typed(command, "--language", language, folder=tmp_path / "none")
        assert done.code == WRONG_USE, done.all
        assert _speaks(done.errors, language), done.errors


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_wrong_enrolment_code_is_refused_and_the_right_one_then_taken(
    typed: Typed, shop: Shop, line: Line, tmp_path: Path, language: Language
) -> None:
    def enrol(code: str) -> Said:
        return typed(
            "enrol", "--language", language, "--hub", line.url, "--code", code, folder=tmp_path / "new"
        )

    refused = enrol("ZZZZZ-ZZZZZ")
    assert refused.code == DECLINED, refused.all
    assert _speaks(refused.errors, language), refused.errors
    taken = enrol(shop.enrolment_code())
    assert taken.code == DONE, taken.all


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_program_itself_ends_as_its_command_line_says(
    counter: Counter, foreign_code: str, language: Language
) -> None:
    before = counter.books()
    arguments = ("--language", language, "--amount", _AMOUNT, "--code", foreign_code)
    done = TerminalCommands(counter.folder).run("charge", *arguments)
    assert done.returncode == DECLINED, done.stderr
    assert done.stdout == ""
    assert _speaks(done.stderr, language), done.stderr
    assert counter.books() == before


def test_a_misspelled_failpoint_is_wrong_use(counter: Counter) -> None:
    environment = {"MPS_TEST_BUILD": "1", "MPS_FAILPOINT": "before_lunch"}
    done = TerminalCommands(counter.folder, environment).run("sync")
    assert done.returncode == WRONG_USE, done.stdout + done.stderr
