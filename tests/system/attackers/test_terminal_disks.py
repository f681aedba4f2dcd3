"""A terminal's disk in other hands: a clone that runs beside the original, and a disk that is searched.

The key is in an operating system's key store here, as it is where there is one.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import keyring
import pytest
import sqlalchemy as sa
from keyring.backend import KeyringBackend

from hub_server.foundation.outbox.tables import outbox
from hub_server.monitoring.tables import alerts
from hub_server.terminals import TerminalStatus
from hub_server.terminals.tables import terminals
from pos_app.bootstrap import Terminal, build_enrolment, build_terminal, http_hub
from pos_app.devices.key_store.os_key_store import SERVICE
from pos_app.devices.key_store.port import KeyStoreFailed
from pos_app.features.charging.outcomes import ChargeRequest, CodeSeen, Outcome, Paid, PaidOffline
from pos_app.features.sign_in.check_pin import PinAccepted
from pos_app.hub_client.http_hub import HttpHub
from pos_app.hub_client.port import TerminalIdentity
from pos_app.settings import KeyStoreKind, Settings
from pos_app.syncing.line import LineState
from shared.api.terminals import TokenResponse
from shared.clock import Clock, SystemClock
from shared.ids import IdSource
from shared.signing import from_base64url
from tests.fakes.line import Line, LineFault
from tests.system.invariants import approved_stand, books_are_sound
from tests.system.shop import Shop
from tests.system.test_secrets import Canaries
from tests.system.till import ONLINE_S, LineRow, Till, enrol_here

AMOUNT: Final = 10_000


class MemoryKeyring(KeyringBackend):
    """An operating system's key store: not on the disk that is stolen."""

    priority = 5

    def __init__(self) -> None:
        """Empty."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.kept[service, username]


@pytest.fixture
def os_keys() -> Iterator[MemoryKeyring]:
    """The key store of this process's machine."""
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_cloned_disk_that_charges_beside_the_original_suspends_both_and_moves_nothing(
    shop: Shop, line: Line, tmp_path: Path
) -> None:
    original, clone = tmp_path / "original", tmp_path / "clone"
    enrol_here(original, line.url, shop.enrolment_code())
    with Till(original) as till:
        till.wait_online()
        terminal_id = till.id
    shutil.copytree(original, clone)
    with Till(original) as till:
        till.wait_online()
        paid = till.charge(shop.payment_code().text, AMOUNT).outcome
        assert isinstance(paid, Paid)
        stolen = shop.payment_code()
        funds = shop.balance(stolen.card_no)
        with Till(clone) as thief:
            thief.terminal.feed.wait_for_contact(int(ONLINE_S * 1000))
            assert not isinstance(thief.charge(stolen.text, AMOUNT).outcome, Paid)
        till.row.wait("suspended", lambda _: till.terminal.hub_copy.facts.is_suspended, ONLINE_S)
        line.become(LineFault.REFUSE)
        till.wait_offline()
        after = till.charge(shop.payment_code().text, AMOUNT).outcome
        assert not isinstance(after, Paid | PaidOffline), (
            "a suspended terminal approves nothing, offline either"
        )
    assert shop.balance(stolen.card_no) == funds
    [row] = shop.read(sa.select(terminals.c.status).where(terminals.c.id == terminal_id))
    assert row["status"] == TerminalStatus.SUSPENDED
    assert ("journal_fork", terminal_id) in _alerted(shop)
    approved_stand(shop, {paid.entry.entry_id: paid.transaction.payable})
    books_are_sound(shop)


def test_a_stolen_disk_holds_no_secret_and_does_not_open_elsewhere(
    shop: Shop, line: Line, tmp_path: Path, os_keys: MemoryKeyring
) -> None:
    folder, canaries = tmp_path / "terminal", Canaries()
    settings = _settings(folder)
    root, log = logging.getLogger(), logging.FileHandler(folder.with_name("debug.log"))
    before = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        _a_day(shop, line, settings, canaries)
    finally:
        root.setLevel(before)
        root.removeHandler(log)
        log.close()
    [seed] = os_keys.kept.values()
    canaries.raw("the private key", from_base64url(seed))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"terminal.db", "debug.log"} <= {file.name for file in files}
    found = {file.name: canaries.found_in(file.read_bytes()) for file in files}
    assert not any(found.values()), found
    # The proof that the search bites: the same disk with the key in a file.
    (folder / "terminal.key").write_text(seed)
    assert canaries.found_in((folder / "terminal.key").read_bytes()) == ["the private key"]
    (folder / "terminal.key").unlink()

    elsewhere = tmp_path / "thief"
    shutil.copytree(folder, elsewhere)
    with pytest.raises(KeyStoreFailed):
        build_terminal(_settings(elsewhere))
    assert set(os_keys.kept) == {(SERVICE, str(folder.resolve()))}


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, key_store=KeyStoreKind.AUTO, camera="none", printer="none")


def _a_day(shop: Shop, line: Line, settings: Settings, canaries: Canaries) -> None:
    """Enrol, sign in, charge online and offline, synchronise; each secret that passed through is noted."""
    enrolment_code = shop.enrolment_code()
    canaries.text("the enrolment code", enrolment_code)
    enrolling, database = build_enrolment(settings)
    hub = http_hub(line.url, SystemClock(), None)
    enrolling.enrol(hub, enrolment_code, "stolen")
    hub.close()
    database.close()
    tokens: list[str] = []

    def overheard(address: str, clock: Clock, identity: TerminalIdentity | None) -> HttpHub:
        return _Overheard(address, clock, identity, tokens)

    row = LineRow()
    terminal = build_terminal(settings, make_hub=overheard)
    try:
        terminal.on_line_status(row.hear)
        terminal.start()
        terminal.feed.wait_for_contact(int(ONLINE_S * 1000))
        for person in shop.demo["staff"]:
            canaries.digits[f"the PIN of {person['name']}"] = person["pin"]
            assert isinstance(terminal.pins.check(person["id"], person["pin"]), PinAccepted)
        assert isinstance(_charge(terminal, shop, canaries, "charged online"), Paid)
        dropped = shop.payment_code().text
        canaries.payment_code("scanned and dropped", dropped)
        terminal.desk.read_code(dropped)
        line.become(LineFault.REFUSE)
        row.wait("offline", lambda status: status.state is LineState.OFFLINE, ONLINE_S)
        assert isinstance(_charge(terminal, shop, canaries, "charged offline"), PaidOffline)
    finally:
        terminal.close()
    line.become(LineFault.NONE)
    assert tokens
    for number, token in enumerate(tokens):
        canaries.text(f"access token {number}", token)


def _charge(terminal: Terminal, shop: Shop, canaries: Canaries, name: str) -> Outcome:
    code = shop.payment_code().text
    canaries.payment_code(name, code)
    seen = terminal.desk.read_code(code)
    assert isinstance(seen, CodeSeen)
    return terminal.desk.charge(
        ChargeRequest(amount=AMOUNT, code_ref=seen.code_ref, cashier="cashier", shift="shift")
    )


class _Overheard(HttpHub):
    """The hub over HTTP; each access token is noted."""

    def __init__(
        self, address: str, clock: Clock, identity: TerminalIdentity | None, tokens: list[str]
    ) -> None:
        ids = IdSource(clock)
        super().__init__(address, clock=clock, new_id=ids.new, identity=identity, audience=address)
        self._heard = tokens

    def _fetch_token(self, sign_assertion: Callable[[], str], timeout_ms: int) -> TokenResponse:
        answer = super()._fetch_token(sign_assertion, timeout_ms)
        self._heard.append(answer.access_token)
        return answer


def _alerted(shop: Shop) -> set[tuple[str, str]]:
    # An alert is on its way in the outbox until it is raised; asked in this order, none falls between.
    on_its_way = [row["payload"] for row in shop.read(sa.select(outbox).where(outbox.c.topic == "alert"))]
    return {(alert["kind"], alert["subject"]) for alert in [*on_its_way, *shop.read(sa.select(alerts))]}
