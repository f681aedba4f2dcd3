"""Shared screens: registered for a card, given codes that nobody's phone has, and never a stored text."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from hub_server.access import LoginRole
from hub_server.audit import SYSTEM, Actor
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.foundation.storage import metadata
from hub_server.members import member_of
from hub_server.payment_codes import (
    CodeShelf,
    NewKiosk,
    Rotation,
    freeze_card,
    present_code,
    register_kiosk,
    resume_member,
    revoke_kiosk,
    rotate_kiosk_codes,
    suspend_member,
)
from hub_server.payment_codes.show_kiosk_code import Unchanged, Waiting, show_kiosk_code
from hub_server.payment_codes.tables import kiosks, payment_code_history, payment_codes
from shared.payment_code import read_payment_code
from shared.problems import Code, CodedError
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock

ADMIN = Actor("admin", "01a20412-646b-74c2-8ff9-d67d878f88da")
SCREEN = "/api/v1/kiosks/me/payment-code"
Register = Callable[..., NewKiosk]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def card(rows: HubRows) -> CardRows:
    """A prepaid card that a screen may show."""
    return rows.card(card_type="prepaid")


@pytest.fixture
def register(hub: Hub, run: Callable[..., Any]) -> Register:
    """`register(card)`: a screen of the card."""

    def make(card: CardRows, name: str = "大廳") -> NewKiosk:
        at = hub.context.clock.now()
        made: NewKiosk = run(register_kiosk, hub.context, card_id=card.card_id, name=name, at=at, actor=ADMIN)
        return made

    return make


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _phone(hub: Hub, card: CardRows) -> str:
    member = hub.context.database.read(lambda c: member_of(c, card.member_id))
    assert member is not None
    return present_code(hub.context, hub.keys, member, card.card_id).code_ref


def _states(rows: HubRows) -> dict[str, str]:
    return {row["code_ref"]: row["state"] for row in rows.rows(payment_codes)}


def _audited(rows: HubRows, name: str) -> list[str]:
    return [row["actor_kind"] for row in rows.rows(audit_events) if row["name"] == name]


def test_a_screen_shows_a_code_of_its_own_that_no_terminal_takes_offline(
    client: httpx.Client, hub: Hub, rows: HubRows, card: CardRows, register: Register
) -> None:
    made = register(card)
    answer = client.get(SCREEN, headers=_bearer(made.key))
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    with read_payment_code(shown["code"], hub.keys.verifiers) as code:
        claims = code.claims
    assert (claims.exp - claims.iat, claims.offline_limit) == (300, 0)
    assert shown["code_ref"] == claims.code_ref
    assert answer.headers["ETag"] == f'"{claims.code_ref}"'
    assert answer.headers["Cache-Control"] == "no-store"
    row = rows.one(payment_codes)
    assert (row["kiosk_id"], row["member_id"], row["offline_limit"]) == (made.kiosk.id, None, 0)
    assert _audited(rows, "QR_ROTATE") == ["kiosk"]
    again = client.get(SCREEN, headers=_bearer(made.key))
    assert again.json() == shown


def test_a_screen_keeps_the_code_that_it_shows(
    client: httpx.Client, card: CardRows, rows: HubRows, register: Register
) -> None:
    headers = _bearer(register(card).key)
    etag = client.get(SCREEN, headers=headers).headers["ETag"]
    for tag in (etag, f"W/{etag}"):
        kept = client.get(SCREEN, headers=headers | {"If-None-Match": tag})
        assert (kept.status_code, kept.content, kept.headers["ETag"]) == (304, b"", etag)
    other = client.get(SCREEN, headers=headers | {"If-None-Match": '"another"'})
    assert (other.status_code, other.headers["ETag"]) == (200, etag)
    assert len(rows.rows(payment_codes)) == 1


def test_a_used_code_gives_way_to_a_new_one_at_once(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register
) -> None:
    headers = _bearer(register(card).key)
    shown = client.get(SCREEN, headers=headers).json()
    counter = Counter(hub.context, hub.keys, rows)
    with read_payment_code(shown["code"], hub.keys.verifiers) as code:
        counter.submit(counter.journal.charge(code, 10_000))
    new = client.get(SCREEN, headers=headers | {"If-None-Match": f'"{shown["code_ref"]}"'})
    assert new.status_code == 200
    assert _states(rows) == {shown["code_ref"]: "consumed", new.json()["code_ref"]: "live"}


def test_two_processes_shelves_on_one_database(
    hub: Hub, card: CardRows, rows: HubRows, register: Register
) -> None:
    kiosk = register(card).kiosk
    one, other = CodeShelf(), CodeShelf()
    first = show_kiosk_code(hub.context, hub.keys, one, kiosk, None)
    assert not isinstance(first, Unchanged | Waiting)
    # The other process has no text of it: a screen that shows it keeps it, one that does not gets a new one.
    kept = show_kiosk_code(hub.context, hub.keys, other, kiosk, first.code_ref)
    assert kept == Unchanged(first.code_ref)
    second = show_kiosk_code(hub.context, hub.keys, other, kiosk, None)
    assert not isinstance(second, Unchanged | Waiting)
    assert _states(rows) == {first.code_ref: "replaced", second.code_ref: "live"}
    assert show_kiosk_code(hub.context, hub.keys, one, kiosk, second.code_ref) == Unchanged(second.code_ref)


def test_a_phones_code_is_never_replaced_and_the_screen_is_told_to_wait(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register, clock: ManualClock
) -> None:
    headers = _bearer(register(card).key)
    phone = _phone(hub, card)
    clock.advance(100_000)
    waiting = client.get(SCREEN, headers=headers)
    assert (waiting.status_code, "ETag" in waiting.headers) == (200, False)
    assert waiting.json() == {"code": None, "code_ref": None, "expires_at": None, "wait_s": 800}
    assert rotate_kiosk_codes(hub.context, hub.keys, CodeShelf(), actor=SYSTEM) == Rotation(0, 1)
    assert _states(rows) == {phone: "live"}
    clock.advance(800_001)
    assert client.get(SCREEN, headers=headers).json()["code"].startswith("MPS1:")
    assert _states(rows)[phone] == "expired"


def test_a_member_takes_the_card_back_from_the_screen(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register
) -> None:
    shown = client.get(SCREEN, headers=_bearer(register(card).key)).json()
    phone = _phone(hub, card)
    assert _states(rows) == {shown["code_ref"]: "replaced", phone: "live"}


def test_the_schedule_renews_only_what_would_not_last(
    hub: Hub, rows: HubRows, register: Register, clock: ManualClock
) -> None:
    for kind in ("prepaid", "corporate"):
        register(rows.card(card_type=kind))
    shelf, lasting = CodeShelf(), timedelta(seconds=240)

    def rotate() -> Rotation:
        return rotate_kiosk_codes(hub.context, hub.keys, shelf, actor=SYSTEM, lasting=lasting)

    assert rotate() == Rotation(0, 0)  # nobody shows anything yet
    assert rotate_kiosk_codes(hub.context, hub.keys, shelf, actor=SYSTEM) == Rotation(2, 0)
    clock.advance(60_000)
    assert rotate() == Rotation(0, 0)
    clock.advance(1_000)
    assert rotate() == Rotation(2, 0)
    states = sorted(_states(rows).values())
    assert states == ["live", "live", "replaced", "replaced"]
    assert _audited(rows, "QR_ROTATE") == ["system"] * 4


def test_what_the_schedule_made_is_shown_from_this_process_shelf(
    hub: Hub, card: CardRows, register: Register
) -> None:
    kiosk, shelf = register(card).kiosk, CodeShelf()
    rotate_kiosk_codes(hub.context, hub.keys, shelf, actor=SYSTEM)
    shown = show_kiosk_code(hub.context, hub.keys, shelf, kiosk, None)
    assert not isinstance(shown, Unchanged | Waiting)
    assert show_kiosk_code(hub.context, hub.keys, shelf, kiosk, None) is shown


def test_an_admin_rotates_everything_now(
    client: httpx.Client, hub: Hub, rows: HubRows, register: Register, run: Callable[..., Any]
) -> None:
    register(rows.card(card_type="corporate"))
    waiting, frozen = rows.card(card_type="prepaid"), rows.card(card_type="prepaid")
    register(waiting)
    register(frozen)
    _phone(hub, waiting)
    run(freeze_card, card_id=frozen.card_id, at=hub.context.clock.now(), actor=ADMIN, reason="x")
    headers = signed_in_admin(hub.context, LoginRole.OPERATOR).headers
    done = client.post("/api/v1/admin/payment-codes/rotate", headers=headers)
    assert (done.status_code, done.json()) == (200, {"rotated": 1, "skipped": 2})
    auditor = signed_in_admin(hub.context, LoginRole.AUDITOR).headers
    assert client.post("/api/v1/admin/payment-codes/rotate", headers=auditor).status_code == 403


@pytest.mark.parametrize(
    ("values", "code"),
    [({"status": "frozen"}, "CARD_NOT_ACTIVE"), ({"expires_at": "now"}, "CARD_EXPIRED")],
)
def test_a_card_that_does_not_pay_has_nothing_to_show(
    client: httpx.Client,
    hub: Hub,
    card: CardRows,
    rows: HubRows,
    register: Register,
    values: dict[str, Any],
    code: str,
) -> None:
    made = register(card)
    if "expires_at" in values:
        values = {"expires_at": hub.context.clock.now()}
    from_cards = metadata.tables["cards"]
    rows.update(from_cards, {"id": card.card_id}, values)
    refused = client.get(SCREEN, headers=_bearer(made.key))
    assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert rows.rows(payment_codes) == []


@pytest.mark.parametrize("action", ["shown", "rotated"])
def test_a_screen_goes_dark_with_the_last_active_owner_of_its_card(
    client: httpx.Client,
    hub: Hub,
    card: CardRows,
    rows: HubRows,
    register: Register,
    run: Callable[..., Any],
    action: str,
) -> None:
    headers, at = _bearer(register(card).key), hub.context.clock.now()
    second = rows.card(0)
    shared = {"id": hub.context.ids.new(), "card_id": card.card_id, "member_id": second.member_id}
    rows.insert(bindings, shared | {"role": "owner", "bound_at": at})
    shown = client.get(SCREEN, headers=headers).json()["code_ref"]
    assert run(suspend_member, member_id=card.member_id, at=at, actor=ADMIN, reason="x")
    assert _states(rows) == {shown: "live"}, "the other owner is active"
    assert client.get(SCREEN, headers=headers).json()["code_ref"] == shown
    assert run(suspend_member, member_id=second.member_id, at=at, actor=ADMIN, reason="x")
    assert _states(rows) == {shown: "revoked"}
    if action == "shown":
        refused = client.get(SCREEN, headers=headers)
        assert refused.json()["code"] == "MEMBER_NOT_ACTIVE"
    else:
        done = rotate_kiosk_codes(hub.context, hub.keys, CodeShelf(), actor=SYSTEM)
        assert done == Rotation(0, 1)
    assert _states(rows) == {shown: "revoked"}
    assert run(resume_member, member_id=card.member_id, at=at, actor=ADMIN, reason="x")
    assert client.get(SCREEN, headers=headers).json()["code"].startswith("MPS1:")


def test_a_card_that_nobody_owns_is_shown(
    client: httpx.Client, card: CardRows, register: Register, run: Callable[..., Any]
) -> None:
    run(lambda connection: connection.execute(delete(bindings)))
    assert client.get(SCREEN, headers=_bearer(register(card).key)).json()["code"].startswith("MPS1:")


def test_a_screens_code_does_not_outlive_its_card(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register
) -> None:
    end = hub.context.clock.now() + timedelta(seconds=60)
    rows.update(metadata.tables["cards"], {"id": card.card_id}, {"expires_at": end})
    client.get(SCREEN, headers=_bearer(register(card).key))
    assert rows.one(payment_codes)["expires_at"] == end


def test_a_revoked_screen_shows_nothing_and_its_code_pays_no_more(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register, run: Callable[..., Any]
) -> None:
    made = register(card)
    shown = client.get(SCREEN, headers=_bearer(made.key)).json()
    at = hub.context.clock.now()
    assert run(revoke_kiosk, kiosk_id=made.kiosk.id, at=at, actor=ADMIN)
    assert not run(revoke_kiosk, kiosk_id=made.kiosk.id, at=at, actor=ADMIN)
    assert _states(rows) == {shown["code_ref"]: "revoked"}
    assert client.get(SCREEN, headers=_bearer(made.key)).status_code == 401
    with pytest.raises(CodedError) as refused:
        show_kiosk_code(hub.context, hub.keys, CodeShelf(), made.kiosk, None)
    assert refused.value.code is Code.UNAUTHENTICATED
    assert (_audited(rows, "KIOSK_REVOKED"), _audited(rows, "QR_REVOKE")) == (["admin"], ["admin"])
    assert rotate_kiosk_codes(hub.context, hub.keys, CodeShelf(), actor=SYSTEM) == Rotation(0, 0)


def test_revoking_a_screen_leaves_a_phones_code_alone(
    hub: Hub, card: CardRows, rows: HubRows, register: Register, run: Callable[..., Any]
) -> None:
    made = register(card)
    phone = _phone(hub, card)
    run(revoke_kiosk, kiosk_id=made.kiosk.id, at=hub.context.clock.now(), actor=ADMIN)
    assert _states(rows) == {phone: "live"}


def test_admins_register_list_and_revoke_screens(
    client: httpx.Client, hub: Hub, rows: HubRows, card: CardRows, clock: ManualClock
) -> None:
    headers = signed_in_admin(hub.context, LoginRole.OPERATOR).headers
    path, other = "/api/v1/admin/kiosks", rows.card(card_type="corporate")
    made = client.post(path, json={"name": "大廳", "card_id": card.card_id}, headers=headers)
    assert made.status_code == 201, made.text
    assert client.get(SCREEN, headers=_bearer(made.json()["key"])).status_code == 200
    twice = client.post(path, json={"name": "門口", "card_id": card.card_id}, headers=headers)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "/card_id")
    clock.advance(1)
    second = client.post(path, json={"name": "門口", "card_id": other.card_id}, headers=headers).json()
    first_page = client.get(path, params={"limit": 1}, headers=headers).json()
    assert [item["kiosk_id"] for item in first_page["items"]] == [second["kiosk_id"]]
    assert "key" not in first_page["items"][0]
    rest = client.get(path, params={"cursor": first_page["next_cursor"]}, headers=headers).json()
    assert [item["kiosk_id"] for item in rest["items"]] == [made.json()["kiosk_id"]]
    gone = f"{path}/{made.json()['kiosk_id']}"
    assert [client.delete(gone, headers=headers).status_code for _ in range(2)] == [204, 204]
    assert client.post(path, json={"name": "x", "card_id": card.card_id}, headers=headers).status_code == 201
    assert _audited(rows, "KIOSK_REGISTERED") == ["admin"] * 3
    kept = "".join(repr(row) for row in rows.rows(kiosks))
    assert made.json()["key"] not in kept


@pytest.mark.parametrize("card_type", ["standard", "voucher"])
def test_only_cards_that_can_be_shared_have_a_screen(
    rows: HubRows, register: Register, card_type: Any
) -> None:
    with pytest.raises(CodedError) as refused:
        register(rows.card(card_type=card_type))
    assert refused.value.code is Code.CARD_TYPE_NOT_SHAREABLE


def test_who_has_no_key_is_nobody(client: httpx.Client, hub: Hub) -> None:
    admin = signed_in_admin(hub.context).headers
    for headers in ({}, admin, _bearer("mps_kiosk_x")):
        refused = client.get(SCREEN, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHENTICATED")


def test_the_text_of_a_screens_code_is_nowhere_but_on_the_shelf(
    hub: Hub, card: CardRows, rows: HubRows, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    kiosk, shelf = register(card).kiosk, CodeShelf(places=1)
    shown = show_kiosk_code(hub.context, hub.keys, shelf, kiosk, None)
    assert not isinstance(shown, Unchanged | Waiting)
    kept = "".join(repr(row) for table in metadata.sorted_tables for row in rows.rows(table))
    for place in (kept, caplog.text, repr(shown), repr(shelf)):
        assert shown.text not in place
    another = register(rows.card(card_type="corporate")).kiosk
    show_kiosk_code(hub.context, hub.keys, shelf, another, None)
    assert shelf.find(card.card_id, shown.code_ref) is None


def test_every_codes_last_history_row_is_its_state(
    client: httpx.Client, hub: Hub, card: CardRows, rows: HubRows, register: Register, clock: ManualClock
) -> None:
    headers = _bearer(register(card).key)
    client.get(SCREEN, headers=headers)
    _phone(hub, card)
    clock.advance(900_001)
    client.get(SCREEN, headers=headers)
    rotate_kiosk_codes(hub.context, hub.keys, CodeShelf(), actor=SYSTEM)
    last = {row["code_ref"]: row["state"] for row in rows.rows(payment_code_history)}
    assert last == _states(rows)
    assert sorted(last.values()) == ["expired", "live", "replaced", "replaced"]
