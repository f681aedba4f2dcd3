"""Invariant 7: after a day's work with debug logs on, no secret lies in any file or in anything that was said."""

import base64
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from pos_app.command_line.app import run as run_pos
from shared.payment_code.code import split_payment_code
from shared.signing import Ed25519Signer, from_base64url
from tests.fakes.line import Line, LineFault
from tests.system.hand_terminal import enrol_by_hand
from tests.system.processes import HubProcess, free_port, new_payment_code
from tests.system.shop import CHEAP_HASHES, Shop

# One worker for all, which makes what they share once.
pytestmark = pytest.mark.xdist_group("secrets")

_HTTP_S: Final = 20
_LEAST_BYTES: Final = 9
# Of a file's kind on purpose: private keys, each in a file of mode 0600; the text messages are another's telephone.
_KEY_FILES: Final = ("terminal.key", "hub-keys.json")
_OUTSIDE: Final = ("sms.jsonl",)


@dataclass
class Canaries:
    """Secrets by what they are, in every form in which they could be spelled."""

    known: dict[str, list[bytes]] = field(default_factory=dict)
    digits: dict[str, str] = field(default_factory=dict)

    def raw(self, name: str, secret: bytes) -> None:
        """Bytes: as they are, in hex, and in base64 of both alphabets."""
        spelled = [
            secret,
            secret.hex().encode(),
            secret.hex().upper().encode(),
            base64.b64encode(secret).rstrip(b"="),
            base64.urlsafe_b64encode(secret).rstrip(b"="),
        ]
        self.known[name] = [*self.known.get(name, []), *spelled]

    def text(self, name: str, secret: str) -> None:
        """A text that is long enough never to appear by chance."""
        assert len(secret) >= _LEAST_BYTES, name
        self.known[name] = [*self.known.get(name, []), secret.encode()]

    def payment_code(self, name: str, text: str) -> None:
        """The whole text, the part of it that spells the secret, and the secret."""
        secret, _ = split_payment_code(text)
        self.text(name, text)
        # 32 bytes are 48 characters of Base45, whatever follows.
        self.text(name, text.removeprefix("MPS1:")[:48])
        self.raw(name, secret)

    def found_in(self, content: bytes) -> list[str]:
        """Names of those that are there."""
        long = [name for name, forms in self.known.items() if any(form in content for form in forms)]
        # Six digits appear by chance inside longer numbers and ids: they count where they stand alone.
        short = [
            name
            for name, code in self.digits.items()
            if re.search(rb"(?<![0-9A-Za-z.:_-])" + code.encode() + rb"(?![0-9A-Za-z.:_-])", content)
        ]
        return long + short


@dataclass
class Day:
    """What was done, what was said meanwhile, and what must not be found."""

    folders: list[Path]
    said: list[bytes]
    canaries: Canaries


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A hub and a terminal with debug logs; sign-ins, PINs, charges online, offline and refused; then the end."""
    folder = tmp_path_factory.mktemp("day")
    canaries, said = Canaries(), []
    with Line(free_port()) as line:
        environment = {**CHEAP_HASHES, "MPS_HUB_LOG_LEVEL": "DEBUG"}
        with HubProcess(
            folder / "hub", base_url=line.url, port=line.target_port, environment=environment
        ) as hub:
            shop = Shop.open(hub)
            _people(shop, canaries)
            with _everything_logged(folder / "debug.log"):
                said += _counter(shop, line, folder / "terminal", folder / "paper.bin", canaries)
                _by_hand(shop, canaries)
            shop.close()
    _keys(folder, canaries)
    return Day([folder], said, canaries)


def _people(shop: Shop, canaries: Canaries) -> None:
    """Sign-ins by one-time password, good and bad; what demo data knows."""
    demo = shop.demo
    canaries.text("the admin's password", demo["admin"]["password"])
    canaries.text("the admin's token", demo["admin"]["access_token"])
    canaries.text("the API key", demo["merchant"]["api_key"])
    for person in demo["staff"]:
        canaries.digits[f"the PIN of {person['name']}"] = person["pin"]
    for number, member in enumerate(demo["members"]):
        canaries.text(f"token {number}", member["access_token"])
    with httpx.Client(base_url=f"{shop.hub.url}/api/v1", timeout=_HTTP_S) as client:
        for number, phone in enumerate([demo["members"][0]["phone"], "+886912345678"]):
            asked = client.post("/auth/otp", json={"phone": phone, "purpose": "sign_in"}).raise_for_status()
            message = json.loads(shop.hub.sms_file.read_text().splitlines()[-1])
            digits = re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])
            assert digits is not None
            canaries.digits[f"one-time password {number}"] = digits[0]
            wrong = f"{(int(digits[0]) + 1) % 10**6:06d}"
            body = {"challenge_id": asked.json()["challenge_id"], "code": wrong}
            assert client.post("/auth/otp/verify", json=body).status_code == 422
            tokens = client.post("/auth/otp/verify", json={**body, "code": digits[0]}).raise_for_status()
            for name in ("access_token", "registration_token"):
                if tokens.json().get(name):
                    canaries.text(f"{name} {number}", tokens.json()[name])


@contextmanager
def _everything_logged(file: Path) -> Iterator[None]:
    """All that this process's programs and their libraries log, however trivial, in a file; the key in one too."""
    root, handler = logging.getLogger(), logging.FileHandler(file)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MPS_POS_KEY_STORE", "file")
            yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


def _counter(shop: Shop, line: Line, folder: Path, paper: Path, canaries: Canaries) -> list[bytes]:
    said: list[bytes] = []

    def run(command: str, *arguments: str) -> int:
        heard = StringIO()
        with redirect_stdout(heard), redirect_stderr(heard):
            code = run_pos([*command.split(), "--data-dir", str(folder), *arguments])
        said.append(heard.getvalue().encode())
        return code

    def code(name: str, text: str) -> str:
        canaries.payment_code(name, text)
        return text

    enrolment_code = shop.enrolment_code()
    canaries.text("the enrolment code", enrolment_code)
    assert run("enrol", "--hub", line.url, "--code", enrolment_code) == 0
    cashier = next(person for person in shop.demo["staff"] if person["role"] == "cashier")
    who = ("--cashier", cashier["id"], "--pin", cashier["pin"])
    wrong_pin = f"{(int(cashier['pin']) + 1) % 10**6:06d}"
    canaries.digits["a wrong PIN"] = wrong_pin
    printer = ("--printer", paper.as_uri())

    phone = code("a member's code", new_payment_code(shop.hub.url, shop.demo["members"][0]))
    assert run("charge", "--amount", "299.00", "--code", phone, *who, *printer, "--json") == 0
    assert run("charge", "--amount", "299.00", "--code", phone, *who) == 10
    poor = code("a declined code", shop.payment_code().text)
    assert run("charge", "--amount", "999999.99", "--code", poor, "--json") == 10
    refused = code("a code with a wrong PIN", shop.payment_code().text)
    assert run("charge", "--amount", "1.00", "--code", refused, *who[:3], wrong_pin) != 0
    offline = code("an offline code", shop.payment_code().text)
    line.become(LineFault.REFUSE)
    assert run("charge", "--amount", "88.00", "--code", offline, *who, *printer, "--json") == 0
    line.become(LineFault.NONE)
    assert run("sync", "--json") == 0
    for command in ("status", "journal list", "journal verify", "journal export", "doctor"):
        run(command)
    return said


def _by_hand(shop: Shop, canaries: Canaries) -> None:
    """A terminal's token and key."""
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    code = shop.payment_code().text
    canaries.payment_code("a code charged by hand", code)
    terminal.submit(terminal.entries[0], terminal.charge(code, 10_000))
    canaries.text("a terminal's token", terminal.authorisation()["Authorization"].removeprefix("Bearer "))
    canaries.raw("the hand's key", terminal.signer.seed())


def _keys(folder: Path, canaries: Canaries) -> None:
    """Private keys as their own files hold them."""
    seed = from_base64url((folder / "terminal" / "terminal.key").read_text().strip())
    assert Ed25519Signer.from_seed(seed)
    canaries.raw("the terminal's key", seed)
    for name, text in _texts(json.loads((folder / "hub" / "hub-keys.json").read_text())):
        if "public" in name or "kid" in name:
            continue
        try:
            secret = from_base64url(text)
        except ValueError:
            continue
        if len(secret) >= 16:
            canaries.raw(f"the hub's {name}", secret)
    assert any(name.startswith("the hub's") for name in canaries.known)


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _texts(held, f"{name}.{key}")
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held, name)
    elif isinstance(value, str):
        yield name, value


def test_no_secret_lies_in_any_file(day: Day) -> None:
    files = [file for folder in day.folders for file in sorted(folder.rglob("*")) if file.is_file()]
    names = {file.name for file in files}
    assert {"terminal.db", "hub.sqlite", "serve.log", "debug.log", "paper.bin", *_KEY_FILES} <= names
    logged = (day.folders[0] / "debug.log").read_text()
    assert "oauth/token" in logged, "nothing was logged at DEBUG"
    found = {
        str(file.relative_to(day.folders[0])): day.canaries.found_in(file.read_bytes())
        for file in files
        if file.name not in (*_KEY_FILES, *_OUTSIDE)
    }
    assert {name: secrets for name, secrets in found.items() if secrets} == {}


def test_no_program_said_a_secret(day: Day) -> None:
    assert len(day.said) > 10
    assert [day.canaries.found_in(said) for said in day.said if day.canaries.found_in(said)] == []


def test_key_files_are_their_owners_alone(day: Day) -> None:
    keys = [file for folder in day.folders for file in folder.rglob("*") if file.name in _KEY_FILES]
    assert len(keys) == len(_KEY_FILES)
    assert {file.stat().st_mode & 0o077 for file in keys} == {0}


def test_the_search_finds_what_is_there(day: Day) -> None:
    """The proof that it bites: planted in a file of the same size, each canary is found in each of its forms."""
    for name, forms in day.canaries.known.items():
        for form in forms:
            assert name in day.canaries.found_in(b"x" * 5_000 + form + b"y" * 5_000)
    for name, digits in day.canaries.digits.items():
        assert name in day.canaries.found_in(f'{{"pin": "{digits}"}}'.encode())
        assert name in day.canaries.found_in(f"pin={digits} for".encode())
