"""Signed entries with odd contents: each has an answer, and none stands in the way of those after it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import lock_rows
from hub_server.journal_intake.tables import journal_entries
from hub_server.terminals.tables import contact_spells
from shared.clock import to_wire
from shared.journal_entries import ShiftOpenData, Status
from shared.jws import sign_jws
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

NewCounter = Callable[..., Counter]

_letters = st.one_of(st.characters(), st.sampled_from("\0\x1f\x85\ud800\u2028\ufffe王a"))
_texts = st.text(_letters, max_size=70)
_numbers = st.one_of(
    st.integers(min_value=-1, max_value=3), st.sampled_from([1 << 31, 1 << 53, 1 << 63, 1 << 64])
)
_ids = st.sampled_from(["0199a8f0-0000-7000-8000-000000000000", "", "x" * 36])
_values = st.one_of(_texts, _numbers, _ids, st.none(), st.booleans(), st.lists(_texts, max_size=2))
_names = st.sampled_from(
    [
        "charge",
        "payable",
        "reason",
        "policy",
        "approved_by",
        "cashier",
        "shift",
        "amount",
        "currency",
        "certificate",
        "proof",
        "order_ref",
        "tx_no",
        "training",
        "terminal_id",
        "app_version",
        "charges",
        "charged",
        "reversals",
        "reversed",
        "refunds",
        "refunded",
        "in_doubt",
    ]
)
_data = st.dictionaries(st.one_of(_names, _texts), _values, max_size=8)
_types = st.one_of(
    st.sampled_from(["genesis", "charge", "advice", "reversal", "refund", "shift_open", "shift_close"]),
    _texts,
)
_instants = st.sampled_from(
    [
        "0001-01-01T00:00:00.000Z",
        "1999-12-31T23:59:59.999Z",
        "2000-01-01T00:00:00.000Z",
        "2199-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59.999Z",
    ]
)
_changes = st.fixed_dictionaries(
    {"type": _types, "data": _data}, optional={"at": _instants, "contact": _instants}
)


def _signed(counter: Counter, seq: int, prev: str, **changes: Any) -> str:
    """An entry as a broken or hostile terminal signs it; its writer's own code refuses such contents."""
    now = to_wire(counter.context.clock.now())
    payload = {
        "v": 1,
        "seq": seq,
        "prev": prev,
        "id": counter.context.ids.new(),
        "at": now,
        "contact": now,
        "type": "shift_open",
        "data": {},
    }
    text = json.dumps(payload | changes).encode("ascii")
    return sign_jws("mps-journal+jws", counter.terminal_id, text, counter.journal.signer)


def _second(counter: Counter, **changes: Any) -> str:
    """The entry after the genesis."""
    prev = changes.pop("prev", counter.journal.entries[0].hash)
    return _signed(counter, 1, prev, **changes)


ODD: dict[str, dict[str, Any]] = {
    "NUL in a name": {"data": {"cashier": "a\0b", "shift": "s"}},
    "C1 in a name": {"data": {"cashier": "a\x85b", "shift": "s"}},
    "half a letter": {"data": {"cashier": "a", "shift": "\ud800"}},
    "NUL in a field's name": {"data": {"cashier": "a", "shift": "s", "a\0b": 1}},
    "a policy of 2^31": {
        "type": "advice",
        "data": {"charge": "0199a8f0-0000-7000-8000-000000000000", "payable": 1, "reason": "offline"}
        | {"policy": 1 << 31},
    },
}


@pytest.mark.parametrize("kind", list(ODD))
def test_odd_fields_are_stored_and_refused_for_good(counter: Counter, kind: str) -> None:
    answer = counter.send_texts(counter.journal.entries[0].jws, text := _second(counter, **ODD[kind]))
    outcome = answer.outcomes[1]
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code) == (Status.REJECTED, Code.INVALID_ENTRY)
    assert answer.verified_through == 1
    assert counter.send_texts(text).outcomes == (outcome,)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "a\0b"},
        {"type": "É"},
        {"prev": "\0" * 43},
        {"at": "0001-01-01T00:00:00.000Z"},
        {"contact": "9999-12-31T23:59:59.999Z"},
    ],
)
def test_what_is_no_envelope_is_refused_unread(
    counter: Counter, rows: HubRows, change: dict[str, Any]
) -> None:
    (outcome,) = counter.send_texts(_second(counter, **change)).outcomes
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code, outcome.seq) == (Status.REJECTED, Code.INVALID_ENTRY, None)
    assert rows.rows(journal_entries) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_changes, min_size=1, max_size=12))
def test_whatever_a_terminal_signs_has_an_answer(another: NewCounter, several: list[dict[str, Any]]) -> None:
    counter = another()
    texts = [_second(counter, **changes) for changes in several]
    texts += [_signed(counter, 5, "A" * 43, **changes) for changes in several[:1]]
    for text in texts:
        (outcome,) = counter.send_texts(text).outcomes
        assert outcome.status in (Status.ACCEPTED, Status.REJECTED, Status.PENDING, Status.HELD)
        assert outcome.refusal is None or outcome.refusal.code is not Code.INTERNAL_ERROR


def test_over_http_odd_contents_are_told_in_plain_letters(
    counter: Counter, client: httpx.Client, bearer: Callable[[Counter], dict[str, str]]
) -> None:
    entries = [{"jws": _second(counter, **changes)} for changes in ODD.values()]
    answer = client.post("/api/v1/terminals/me/journal", json={"entries": entries}, headers=bearer(counter))
    assert answer.status_code == 200
    assert [result["status"] for result in answer.json()["results"]] == ["rejected"] * len(ODD)


def test_an_entry_that_cannot_be_judged_is_held_at_its_third_failure_and_the_chain_goes_on(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "journal batch failed")
    card = rows.card()
    poison = counter.journal.charge(rows.code(card))
    after = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    rows.update(cards, {"id": card.card_id}, {"points": (1 << 63) - 1})
    counter.submit(counter.journal.entries[0], after)
    statuses = [counter.ask(poison).status for _ in range(2)]
    answer = counter.send(poison)
    assert [*statuses, answer.outcomes[0].status] == [Status.RETRY, Status.RETRY, Status.HELD]
    assert answer.verified_through == after.seq
    assert answer.outcomes[0].decision is None
    (told,) = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert (told["kind"], told["detail"]) == ("entry_set_aside", {"seq": poison.seq, "type": "charge"})
    assert counter.ask(poison).status is Status.HELD
    reversal = counter.journal.reversal(poison)
    assert counter.ask(reversal).status is Status.REVERSED
    assert counter.ask(poison).status is Status.REVERSED
    assert counter.balance(card) == 100_000


def test_a_busy_answer_tells_the_last_time_that_was_recorded(
    counter: Counter, rows: HubRows, clock: ManualClock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    counter.submit(counter.journal.entries[0])
    recorded = rows.rows(contact_spells, terminal_id=counter.terminal_id)[-1]["ended_at"]
    charge = counter.journal.charge(rows.code(rows.card()))
    clock.advance(90_000)
    with counter.context.database.transaction() as other:
        lock_rows(other, "terminal", [counter.terminal_id])
        answer = counter.send(charge)
    assert answer.outcomes[0].status is Status.RETRY
    assert answer.hub_time == recorded == clock.now() - timedelta(seconds=90)


def test_the_time_told_with_a_failure_is_recorded_first(
    counter: Counter, rows: HubRows, clock: ManualClock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "journal batch failed")
    card = rows.card()
    poison = counter.journal.charge(rows.code(card))
    rows.update(cards, {"id": card.card_id}, {"points": (1 << 63) - 1})
    clock.advance(20_000)
    answer = counter.send(counter.journal.entries[0], poison)
    assert answer.outcomes[1].status is Status.RETRY
    assert answer.hub_time == clock.now()
    assert rows.rows(contact_spells, terminal_id=counter.terminal_id)[-1]["ended_at"] == answer.hub_time
