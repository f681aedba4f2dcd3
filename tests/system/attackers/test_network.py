"""Who stands in the line: certificates that are not the hub's, a way back to http, changed and repeated answers.

What holds against them is TLS without any fallback, and the hub's signature on each decision (faults.md 23).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import certifi
import pytest
from pydantic import ValidationError

from pos_app.features.charging.outcomes import InDoubt, Paid, PaidOffline
from pos_app.hub_client import HubPort, HubRefused, HubUnreachable, connections
from pos_app.hub_client.http_hub import HttpHub
from pos_app.hub_client.port import TerminalIdentity
from pos_app.syncing.core import Signed, read_answer
from shared.api.journal import EntryResult, JournalResponse, SubmittedEntry
from shared.clock import Clock, SystemClock
from shared.ids import IdSource
from shared.journal_entries import Decision, Entry, Status, sign_decision, verify_decision
from shared.signing import Ed25519Signer
from tests.fakes.line import Line
from tests.log_rules import ExpectedLogs
from tests.system.attackers.tls_hub import Authority, TlsHub
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import books_are_sound
from tests.system.shop import Shop
from tests.system.till import Till, enrol_here

AMOUNT: Final = 10_000
TOO_MUCH: Final = 600_000
_PROBE_MS: Final = 5_000
_WELL: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """The one authority that this process trusts; what it trusted is read anew, before and after."""
    made = Authority.new(tmp_path, "trusted")
    monkeypatch.setattr(certifi, "where", lambda: str(made.file))
    connections._trust.cache_clear()
    yield made
    connections._trust.cache_clear()


def test_a_certificate_that_is_not_the_hubs_gets_no_request_and_a_right_one_does(
    authority: Authority, tmp_path: Path
) -> None:
    wrong = {
        "wrong authority": Authority.new(tmp_path, "other").server(tmp_path),
        "expired": authority.server(tmp_path, ends=-timedelta(minutes=1)),
        "wrong name": authority.server(tmp_path, host="hub.example"),
        "wrong address": authority.server(tmp_path, host="127.0.0.2"),
    }
    for name, server in wrong.items():
        with TlsHub(server, _WELL) as hub:
            assert not _reaches(hub.url), name
            assert hub.requests == [], name
    with TlsHub(authority.server(tmp_path), _WELL) as hub:
        assert _reaches(hub.url), "the certificate that is right in all of these"
        assert hub.requests == ["GET /healthz HTTP/1.1"]


def test_a_redirect_to_http_is_not_followed(authority: Authority, tmp_path: Path) -> None:
    with TlsHub(None, _WELL) as plain:
        for status in (301, 302, 307, 308):
            moved = f"HTTP/1.1 {status} Moved\r\nLocation: {plain.url}/healthz\r\nContent-Length: 0\r\n\r\n"
            with TlsHub(authority.server(tmp_path), moved.encode()) as hub:
                assert not _reaches(hub.url)
                assert len(hub.requests) == 1
        assert plain.requests == []


def test_a_terminal_whose_hub_shows_a_wrong_certificate_is_offline_and_says_nothing_to_it(
    shop: Shop, line: Line, tmp_path: Path, authority: Authority
) -> None:
    folder = tmp_path / "terminal"
    enrol_here(folder, line.url, shop.enrolment_code())
    with TlsHub(Authority.new(tmp_path, "other").server(tmp_path), _WELL) as hub:

        def elsewhere(address: str, clock: Clock, identity: TerminalIdentity | None) -> HubPort:
            return _http_hub(hub.url, clock, identity)

        with Till(folder, make_hub=elsewhere) as till:
            till.wait_offline()
            assert isinstance(till.charge(shop.payment_code().text, AMOUNT).outcome, PaidOffline)
        assert hub.requests == []


def test_no_byte_of_an_answer_can_be_changed_into_another_decision(shop: Shop) -> None:
    terminal, declined, answer = _declined(shop)
    keys = terminal.enrolment.jwks.hub_keys()
    [honest] = JournalResponse.model_validate_json(answer).results
    told = read_answer(declined, honest, keys)
    assert isinstance(told, Signed)
    assert told.decision.status is Status.DECLINED
    text = answer.encode()
    believed = 0
    for place in range(len(text)):
        for bit in (0x01, 0x10):
            changed = text[:place] + bytes([text[place] ^ bit]) + text[place + 1 :]
            try:
                [result] = JournalResponse.model_validate_json(changed).results
            except (ValidationError, ValueError):
                continue
            read = read_answer(declined, result, keys)
            if isinstance(read, Signed):
                believed += 1
                assert read.decision == told.decision, place
                assert read.transaction is None, place
    assert believed, "what is not signed may be spoilt, and changes nothing"


def test_old_and_forged_decisions_are_not_believed_on_another_entry(shop: Shop) -> None:
    terminal, declined, answer = _declined(shop)
    paid = terminal.charge(shop.payment_code().text, AMOUNT)
    [completed] = terminal.submit(paid).results
    assert completed.decision is not None
    old = verify_decision(completed.decision, shop.keys.verifiers)
    assert old.status is Status.COMPLETED
    thief = Ed25519Signer.generate()
    fields = {"terminal": terminal.id, "seq": declined.seq, "id": declined.id, "entry": declined.hash}
    wanted = Decision.model_validate({**old.model_dump(), **fields})
    [head, body, signature] = completed.decision.split(".")
    lies = {
        "an old decision": completed.decision,
        "no decision": None,
        "the thief's own key": sign_decision(wanted, thief),
        "the hub's head and signature, another body": ".".join(
            [head, sign_decision(wanted, thief).split(".")[1], signature]
        ),
        "no signature": f"{head}.{body}.",
    }
    base = json.loads(answer)["results"][0]
    for name, decision in lies.items():
        lie: dict[str, Any] = {**base, "status": "completed", "error": None, "decision": decision}
        result = EntryResult.model_validate_json(json.dumps(lie))
        read = read_answer(declined, result, terminal.enrolment.jwks.hub_keys())
        assert not isinstance(read, Signed), name
    books_are_sound(shop)


def test_a_till_shows_no_payment_when_an_old_one_is_repeated_to_it(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.syncing", "cannot be believed: a decision on another entry")
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    heard = _Heard()

    def between(address: str, clock: Clock, identity: TerminalIdentity | None) -> HubPort:
        return _Repeater(address, clock, identity, heard)

    poor = shop.payment_code()
    with Till(tmp_path, make_hub=between) as till:
        till.wait_online()
        assert isinstance(till.charge(shop.payment_code().text, AMOUNT).outcome, Paid)
        heard.is_repeating = True
        refused = till.charge(poor.text, TOO_MUCH).outcome
        assert isinstance(refused, InDoubt), "what was repeated is no answer"
    assert shop.movements(poor.card_no) == []


def _declined(shop: Shop) -> tuple[HandTerminal, Entry, str]:
    """A charge that the hub declined, and its answer as it came over the line."""
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    declined = terminal.charge(shop.payment_code().text, TOO_MUCH)
    answer = terminal.submit(terminal.entries[0], declined)
    only = answer.model_copy(update={"results": answer.results[1:]})
    return terminal, declined, only.model_dump_json()


def _reaches(url: str) -> bool:
    hub = _http_hub(url, SystemClock(), None)
    try:
        hub.probe(_PROBE_MS)
    except (HubUnreachable, HubRefused):
        return False
    finally:
        hub.close()
    return True


def _http_hub(url: str, clock: Clock, identity: TerminalIdentity | None) -> HttpHub:
    return HttpHub(url, clock=clock, new_id=IdSource(clock).new, identity=identity, audience=url)


@dataclass
class _Heard:
    """What the line's owner keeps."""

    last: list[EntryResult] = field(default_factory=list)
    is_repeating: bool = False


class _Repeater(HttpHub):
    """The line's owner: once told to, answers each entry with the old answer on another one."""

    def __init__(self, address: str, clock: Clock, identity: TerminalIdentity | None, heard: _Heard) -> None:
        super().__init__(
            address, clock=clock, new_id=IdSource(clock).new, identity=identity, audience=address
        )
        self._heard = heard

    def submit(self, entries: Sequence[SubmittedEntry], timeout_ms: int) -> JournalResponse:
        answer = super().submit(entries, timeout_ms)
        if self._heard.is_repeating:
            return answer.model_copy(update={"results": tuple(self._heard.last * len(entries))})
        self._heard.last = [answer.results[-1]]
        return answer
