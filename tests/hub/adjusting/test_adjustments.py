"""Money moved by hand: two people, one effect, through the ledger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.ledger import AccountKind
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.ids import IdSource
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.ledger_sums import totals
from tests.builders.signed_in import SignedIn, signed_in_admin, signed_in_merchant
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/adjustments"
Propose = Callable[..., dict[str, Any]]


@pytest.fixture
def propose(client: httpx.Client, proposer: SignedIn) -> Propose:
    """`propose(card, amount)`: the adjustment that was proposed."""

    def _propose(card: CardRows, amount: int) -> dict[str, Any]:
        body = {"card_id": card.card_id, "amount": amount, "reason": "goodwill"}
        answer = client.post(PATH, json=body, headers=proposer.headers)
        assert answer.status_code == 201, answer.text
        proposed: dict[str, Any] = answer.json()
        return proposed

    return _propose


def _decide(
    client: httpx.Client, adjustment: dict[str, Any], verb: str, by: SignedIn, **body: Any
) -> httpx.Response:
    return client.post(f"{PATH}/{adjustment['id']}/{verb}", json=body, headers=by.headers)


def _names(rows: HubRows) -> list[str]:
    return [row["name"] for row in rows.rows(audit_events) if row["name"].startswith("ADJUSTMENT")]


def _balance(rows: HubRows, card: CardRows) -> int:
    return int(rows.one(cards, id=card.card_id)["balance"])


def _expense(context: Context) -> int:
    """What promotion has cost by the ledger, in minor units."""
    sums = context.database.read(totals)
    debits, credits_ = sums.get((AccountKind.PROMOTION_EXPENSE, "TWD"), (0, 0))
    return debits - credits_


@pytest.mark.parametrize(("amount", "after"), [(2_500, 12_500), (-2_500, 7_500), (-10_000, 0)])
def test_nothing_moves_before_a_second_admin_approves_and_then_all_of_it(
    client: httpx.Client,
    rows: HubRows,
    propose: Propose,
    approver: SignedIn,
    proposer: SignedIn,
    hub_context: Context,
    amount: int,
    after: int,
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, amount)
    assert (proposed["state"], proposed["tx_no"], proposed["decided_by"]) == ("proposed", None, None)
    assert (_balance(rows, card), _expense(hub_context)) == (10_000, 0)
    answer = _decide(client, proposed, "approve", approver, note="seen the slip")
    assert answer.status_code == 200, answer.text
    approved = answer.json()
    assert (approved["state"], approved["decided_by"]) == ("approved", approver.login_id)
    assert (_balance(rows, card), _expense(hub_context)) == (after, amount)
    moved = rows.one(transactions, tx_no=approved["tx_no"])
    assert approved["tx_no"].startswith("ADJ")
    assert (moved["kind"], moved["status"], moved["payable"]) == ("adjustment", "completed", abs(amount))
    assert (moved["approved_by"], moved["reason"]) == (approver.login_id, "goodwill")
    assert _names(rows) == ["ADJUSTMENT_PROPOSED", "ADJUSTMENT"]
    told = [row for row in rows.rows(audit_events) if row["name"] == "ADJUSTMENT"]
    assert (told[0]["actor_id"], told[0]["subject_id"]) == (approver.login_id, card.card_id)


def test_who_proposed_neither_approves_nor_refuses(
    client: httpx.Client, rows: HubRows, propose: Propose, proposer: SignedIn
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, 5_000)
    for verb in ("approve", "refuse"):
        answer = _decide(client, proposed, verb, proposer)
        assert (answer.status_code, answer.json()["code"]) == (403, Code.FORBIDDEN.value)
    assert _balance(rows, card) == 10_000
    assert _names(rows) == ["ADJUSTMENT_PROPOSED"]


def test_approving_again_gives_the_outcome_there_is(
    client: httpx.Client, rows: HubRows, propose: Propose, approver: SignedIn, hub_context: Context
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, 5_000)
    first = _decide(client, proposed, "approve", approver)
    again = _decide(client, proposed, "approve", approver)
    another = _decide(client, proposed, "approve", signed_in_admin(hub_context))
    assert first.json() == again.json() == another.json()
    assert _balance(rows, card) == 15_000
    assert _names(rows) == ["ADJUSTMENT_PROPOSED", "ADJUSTMENT"]


def test_what_was_refused_cannot_be_approved_nor_the_reverse(
    client: httpx.Client, rows: HubRows, propose: Propose, approver: SignedIn
) -> None:
    card = rows.card(10_000)
    for first, second, balance in (("refuse", "approve", 10_000), ("approve", "refuse", 11_000)):
        proposed = propose(card, 1_000)
        decided = _decide(client, proposed, first, approver)
        assert decided.status_code == 200
        assert _decide(client, proposed, first, approver).json() == decided.json()
        contradicted = _decide(client, proposed, second, approver)
        assert (contradicted.status_code, contradicted.json()["code"]) == (
            409,
            Code.CONTRADICTORY_ENTRY.value,
        )
        assert _balance(rows, card) == balance
    assert _names(rows).count("ADJUSTMENT_REFUSED") == 1


def test_two_admins_who_approve_at_once_move_the_money_once(
    client: httpx.Client, rows: HubRows, propose: Propose, hub_context: Context
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, 5_000)
    admins = [signed_in_admin(hub_context) for _ in range(6)]
    with ThreadPoolExecutor(len(admins)) as pool:
        answers = list(pool.map(lambda admin: _decide(client, proposed, "approve", admin), admins))
    assert [answer.status_code for answer in answers] == [200] * len(admins)
    assert len({answer.json()["tx_no"] for answer in answers}) == 1
    assert len({answer.json()["decided_by"] for answer in answers}) == 1
    assert _balance(rows, card) == 15_000
    assert len(rows.rows(transactions, kind="adjustment")) == 1
    assert _names(rows) == ["ADJUSTMENT_PROPOSED", "ADJUSTMENT"]


def test_one_who_approves_while_another_refuses_leaves_one_outcome(
    client: httpx.Client, rows: HubRows, propose: Propose, hub_context: Context
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, 5_000)
    asks = [(verb, signed_in_admin(hub_context)) for verb in ("approve", "refuse") for _ in range(3)]
    with ThreadPoolExecutor(len(asks)) as pool:
        answers = list(pool.map(lambda ask: _decide(client, proposed, *ask), asks))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409, 409, 409]
    (state,) = {answer.json()["state"] for answer in answers if answer.status_code == 200}
    assert _balance(rows, card) == (15_000 if state == "approved" else 10_000)


def test_more_than_the_card_holds_cannot_be_taken(
    client: httpx.Client, rows: HubRows, propose: Propose, approver: SignedIn
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, -10_001)
    answer = _decide(client, proposed, "approve", approver)
    assert (answer.status_code, answer.json()["code"]) == (409, Code.INSUFFICIENT_BALANCE.value)
    assert _balance(rows, card) == 10_000
    assert _decide(client, proposed, "refuse", approver).json()["state"] == "refused"


def test_a_credit_repays_an_overdraft_first(
    client: httpx.Client,
    rows: HubRows,
    propose: Propose,
    approver: SignedIn,
    hub_context: Context,
    keys: HubSigningKeys,
    clock: ManualClock,
) -> None:
    card, counter = rows.card(4_000), Counter(hub_context, keys, rows)
    charge = counter.journal.charge(rows.code(card), 10_000)
    clock.advance(1_000)
    counter.ask(charge)
    counter.ask(counter.journal.advice(charge))
    assert _balance(rows, card) == -6_000
    for amount, after in ((5_000, -1_000), (3_000, 2_000)):
        assert _decide(client, propose(card, amount), "approve", approver).status_code == 200
        assert _balance(rows, card) == after
    taken = propose(card, -2_001)
    assert _decide(client, taken, "approve", approver).json()["code"] == Code.INSUFFICIENT_BALANCE.value


@pytest.mark.parametrize("status", ["frozen", "lost", "expired"])
def test_a_card_that_cannot_pay_may_be_adjusted(
    client: httpx.Client, rows: HubRows, propose: Propose, approver: SignedIn, status: str
) -> None:
    card = rows.card(10_000)
    rows.update(cards, {"id": card.card_id}, {"status": status})
    assert _decide(client, propose(card, -4_000), "approve", approver).status_code == 200
    assert _balance(rows, card) == 6_000


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (0, Code.INVALID_AMOUNT),
        (100_000_000, Code.INVALID_REQUEST),
        (-100_000_000, Code.INVALID_REQUEST),
        ("5", Code.INVALID_REQUEST),
        (1.5, Code.INVALID_REQUEST),
        (True, Code.INVALID_REQUEST),
    ],
)
def test_an_amount_that_is_none_is_refused(
    client: httpx.Client, rows: HubRows, proposer: SignedIn, amount: Any, code: Code
) -> None:
    body = {"card_id": rows.card().card_id, "amount": amount, "reason": "goodwill"}
    answer = client.post(PATH, json=body, headers=proposer.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code.value)
    assert _names(rows) == []


def test_what_nobody_has_is_not_found(
    client: httpx.Client, proposer: SignedIn, approver: SignedIn, clock: ManualClock
) -> None:
    nobodys = IdSource(clock).new()
    body = {"card_id": nobodys, "amount": 100, "reason": "goodwill"}
    answer = client.post(PATH, json=body, headers=proposer.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, Code.CARD_NOT_FOUND.value)
    for wrong in (nobodys, "1", "0" * 36, "é"):
        for verb in ("approve", "refuse"):
            unknown = client.post(f"{PATH}/{wrong}/{verb}", headers=approver.headers)
            assert (unknown.status_code, unknown.json()["code"]) == (404, Code.NOT_FOUND.value)


@pytest.mark.parametrize("role", list(LoginRole))
def test_only_the_permission_adjusts(
    client: httpx.Client, rows: HubRows, propose: Propose, hub_context: Context, role: LoginRole
) -> None:
    card = rows.card(10_000)
    proposed = propose(card, 1_000)
    if role in (LoginRole.OWNER, LoginRole.MANAGER):
        shop = rows.shop()
        store_id = shop.store_id if role is LoginRole.MANAGER else None
        who, expected, reading = signed_in_merchant(hub_context, shop.merchant_id, store_id), 401, 401
    else:
        who, reading = signed_in_admin(hub_context, role), 200
        expected = 200 if role in (LoginRole.SUPERADMIN, LoginRole.FINANCE) else 403
    assert client.get(PATH, headers=who.headers).status_code == reading
    body = {"card_id": card.card_id, "amount": 100, "reason": "goodwill"}
    made = client.post(PATH, json=body, headers=who.headers)
    assert made.status_code == (201 if expected == 200 else expected)
    assert _decide(client, proposed, "approve", who).status_code == expected
    assert _balance(rows, card) == (11_000 if expected == 200 else 10_000)
    assert client.get(PATH).status_code == 401


def test_the_list_is_paged_and_keeps_its_place_while_new_ones_arrive(
    client: httpx.Client, rows: HubRows, propose: Propose, approver: SignedIn, clock: ManualClock
) -> None:
    card = rows.card(10_000)
    made = []
    for amount in range(1, 6):
        made.append(propose(card, amount)["id"])
        clock.advance(amount % 2)  # some at the same moment
    seen: list[str] = []
    cursor = None
    while True:
        page = client.get(
            PATH,
            params={"limit": 2, "cursor": cursor or ""} if cursor else {"limit": 2},
            headers=approver.headers,
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        propose(card, 100)
    assert sorted(seen) == sorted(made)
    _decide(client, {"id": made[0]}, "refuse", approver)
    refused = client.get(PATH, params={"state": "refused"}, headers=approver.headers).json()
    assert [item["id"] for item in refused["items"]] == [made[0]]
    for wrong in ({"cursor": "x"}, {"state": "gone"}, {"limit": 0}):
        assert client.get(PATH, params=wrong, headers=approver.headers).status_code == 422
