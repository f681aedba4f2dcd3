"""Demo and load data: idempotent, of one piece with the ledger, and never beside other data."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bcrypt
import httpx
import pytest
from sqlalchemy import func, select

from hub_server.access import merchant_of_api_key
from hub_server.access.tables import logins
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.demo_data import NotForDemo, load_data, make_demo_data
from hub_server.foundation.storage import metadata
from hub_server.ledger.tables import postings
from hub_server.members.tables import members
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff.tables import staff
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.payment_code import read_payment_code
from tests.builders.ledger_sums import account_balances
from tests.builders.people import sign_up
from tests.fakes.clock import ManualClock


@pytest.fixture
def rows(run: Callable[..., Any]) -> Callable[[Any], list[Any]]:
    """`rows(table)`: everything in it."""
    return lambda table: run(lambda connection: connection.execute(select(table)).all())


@pytest.fixture
def books_agree(run: Callable[..., Any], hub: Hub) -> Callable[[], bool]:
    """Whether each card's cached balance is its account's sum, and each transaction's postings its amount.

    The consistency check agrees to that, and finds what vouches for each.
    """

    def _agree(connection: Any) -> bool:
        stored = connection.execute(select(cards)).all()
        sums = account_balances(connection, [card.account_id for card in stored])
        by_transaction = select(postings.c.transaction_id, func.sum(postings.c.amount)).group_by(
            postings.c.transaction_id
        )
        posted = {row[0]: int(row[1]) for row in connection.execute(by_transaction)}
        moved = {row.id: row.payable for row in connection.execute(select(transactions))}
        assert check(connection, hub.keys.verifiers).findings == ()
        return all(card.balance == sums[card.account_id] for card in stored) and posted == moved

    return lambda: bool(run(_agree))


def _demo(hub: Hub) -> dict[str, Any]:
    return make_demo_data(hub.context, hub.keys)


def test_it_tells_everything_that_one_needs_to_play(hub: Hub) -> None:
    demo = _demo(hub)
    assert demo.keys() == {
        "hub",
        "admin",
        "second_admin",
        "merchant",
        "owner",
        "store",
        "staff",
        "enrolment_code",
        "members",
    }
    assert demo["admin"].keys() == {"email", "password", "access_token"}
    assert demo["merchant"].keys() == {"id", "code", "api_key"}
    assert demo["store"].keys() == {"id"}
    assert {person["role"] for person in demo["staff"]} == {"cashier", "store_manager"}
    assert all(person.keys() == {"id", "name", "role", "pin"} for person in demo["staff"])
    assert len(demo["members"]) >= 3
    json.dumps(demo)


def test_there_is_a_card_of_each_type_and_money_on_those_that_pay(
    hub: Hub, rows: Callable[[Any], list[Any]], books_agree: Callable[[], bool]
) -> None:
    held = [card for member in _demo(hub)["members"] for card in member["cards"]]
    assert {card["card_type"] for card in held} == {"standard", "prepaid", "corporate", "voucher"}
    funded = [card["balance"] for card in held if card["card_type"] in {"standard", "prepaid"}]
    assert set(funded) == {500_000}
    assert all(card.keys() == {"card_id", "card_no", "card_type", "balance", "points"} for card in held)
    assert books_agree()
    names = [row.name for row in rows(audit_events)]
    assert names.count("CARD_ISSUED") == len(held) == names.count("TOP_UP") + names.count("ADJUSTMENT")


def test_what_an_earlier_call_told_stays_valid(
    hub: Hub,
    client: httpx.Client,
    clock: ManualClock,
    run: Callable[..., Any],
    rows: Callable[[Any], list[Any]],
) -> None:
    first, second = _demo(hub), _demo(hub)
    for key in ("merchant", "store", "staff", "hub"):
        assert first[key] == second[key]
    assert first["admin"]["password"] == second["admin"]["password"]
    assert first["enrolment_code"] != second["enrolment_code"]
    assert len(rows(terminals)) == 2
    assert len(rows(members)) == len(first["members"])
    for demo in (first, second):
        for member in demo["members"]:
            headers = {"Authorization": f"Bearer {member['access_token']}"}
            assert client.get("/api/v1/me", headers=headers).json()["phone"] == member["phone"]
    [key] = {demo["merchant"]["api_key"] for demo in (first, second)}
    owner = run(merchant_of_api_key, key, clock.now())
    assert owner is not None
    assert owner.merchant_id == first["merchant"]["id"]


def test_pins_and_password_open_what_they_should_and_are_not_kept(
    hub: Hub, rows: Callable[[Any], list[Any]]
) -> None:
    demo = _demo(hub)
    hashes = {row.id: row.pin_hash for row in rows(staff)}
    for person in demo["staff"]:
        assert bcrypt.checkpw(person["pin"].encode(), hashes[person["id"]].encode())
    [admin] = [login for login in rows(logins) if login.email == demo["admin"]["email"]]
    assert bcrypt.checkpw(demo["admin"]["password"].encode(), admin.password_hash.encode())
    kept = "".join(repr(tuple(row)) for table in metadata.sorted_tables for row in rows(table))
    secrets = [demo["admin"]["password"], demo["admin"]["access_token"], demo["merchant"]["api_key"]]
    secrets += [member["access_token"] for member in demo["members"]]
    secrets += [demo["enrolment_code"], *(f"'{person['pin']}'" for person in demo["staff"])]
    assert [secret for secret in secrets if secret in kept] == []


def test_no_two_hubs_share_a_secret(hub: Hub, keys: HubSigningKeys) -> None:
    demo = _demo(hub)
    other = HubSigningKeys([keys.signer], [], bytes(32), bytes(range(32)))
    again = make_demo_data(hub.context, other)
    assert demo["admin"]["password"] != again["admin"]["password"]
    assert demo["merchant"]["api_key"] != again["merchant"]["api_key"]
    assert [person["pin"] for person in demo["staff"]] != [person["pin"] for person in again["staff"]]


def test_a_database_with_a_member_in_it_is_refused_and_left_alone(
    hub: Hub, client: httpx.Client, settings: Settings, rows: Callable[[Any], list[Any]]
) -> None:
    sign_up(client, settings)
    before = [len(rows(table)) for table in metadata.sorted_tables]
    with pytest.raises(NotForDemo):
        _demo(hub)
    with pytest.raises(NotForDemo):
        load_data(hub.context, hub.keys, 1, settings.data_dir / "codes")
    assert [len(rows(table)) for table in metadata.sorted_tables] == before
    assert not (settings.data_dir / "codes").exists()


def test_load_data_wants_demo_data_first(hub: Hub, tmp_path: Path, rows: Callable[[Any], list[Any]]) -> None:
    with pytest.raises(NotForDemo):
        load_data(hub.context, hub.keys, 5, tmp_path / "codes")
    assert rows(cards) == []
    assert not (tmp_path / "codes").exists()


def test_load_data_makes_funded_cards_with_one_live_code_each(
    hub: Hub, tmp_path: Path, rows: Callable[[Any], list[Any]], books_agree: Callable[[], bool]
) -> None:
    _demo(hub)
    before = {row.card_no for row in rows(cards)}
    out = tmp_path / "codes.jsonl"
    assert load_data(hub.context, hub.keys, 1_003, out) == 1_003  # more than one batch
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    made = {row.card_no: row for row in rows(cards) if row.card_no not in before}
    assert {line["card_no"] for line in lines} == made.keys()
    assert all((row.card_type, row.balance) == ("prepaid", 500_000) for row in made.values())
    live = {row.code_ref: row.card_id for row in rows(payment_codes) if row.state == "live"}
    assert len(live) == 1_003
    for line in lines[::100]:
        code = read_payment_code(line["code"], hub.keys.verifiers)
        assert live[code.claims.code_ref] == made[line["card_no"]].id
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert books_agree()


def test_what_a_player_added_to_a_demo_hub_does_not_stop_the_demo(
    hub: Hub, client: httpx.Client, settings: Settings
) -> None:
    first = _demo(hub)
    headers = {"Authorization": f"Bearer {first['admin']['access_token']}"}
    body = {"email": "clerk@example.org", "name": "新同事", "kind": "admin", "role": "auditor"}
    assert client.post("/api/v1/admin/logins", headers=headers, json=body).is_success
    sign_up(client, settings)
    assert _demo(hub)["enrolment_code"] != first["enrolment_code"]
