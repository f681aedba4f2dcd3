"""rotate_card_qr and revoke_card_qr through the API: what the code says, and what is kept of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import metadata
from hub_server.members.tables import members
from hub_server.payment_codes import freeze_card, is_secret_of, unfreeze_card
from hub_server.payment_codes.jobs import sweep_job
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from shared.clock import from_wire, to_unix, to_wire
from shared.payment_code import CardType, read_payment_code, split_payment_code
from shared.problems import Code, CodedError
from shared.signing import to_base64url
from tests.builders.people import SignedUp, sign_up
from tests.fakes.clock import ManualClock

ADMIN = Actor("admin", "an-admin")


@pytest.fixture
def member(client: httpx.Client, settings: Settings) -> SignedUp:
    """A member with a standard card of 5,000.00 (the cached balance alone: no money moves here)."""
    return sign_up(client, settings)


@pytest.fixture
def rows(run: Callable[..., Any]) -> Callable[[Any], list[Any]]:
    """`rows(table)`: everything in it."""
    return lambda table: run(lambda connection: connection.execute(select(table)).all())


@pytest.fixture
def alter(run: Callable[..., Any]) -> Callable[..., None]:
    """`alter(table, column=value)`: every row of it, as a later issue's use case would."""
    return lambda table, **values: run(lambda connection: connection.execute(update(table).values(values)))


def _path(member: SignedUp) -> str:
    return f"/api/v1/me/cards/{member.card_id}/payment-code"


def _issue(client: httpx.Client, member: SignedUp) -> dict[str, Any]:
    answer = client.post(_path(member), headers=member.headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    issued: dict[str, Any] = answer.json()
    return issued


def test_a_code_is_the_hubs_word_about_the_card(
    client: httpx.Client,
    member: SignedUp,
    keys: HubSigningKeys,
    clock: ManualClock,
    alter: Callable[..., None],
    rows: Callable[[Any], list[Any]],
) -> None:
    alter(cards, balance=500_000, points=1_500, tier=1)
    issued = _issue(client, member)
    [card] = rows(cards)
    with read_payment_code(issued["code"], keys.verifiers) as code:
        claims = code.claims
    assert claims.code_ref == issued["code_ref"]
    assert claims.iat == to_unix(clock.now())
    assert claims.exp - claims.iat == 900
    assert to_unix(from_wire(issued["expires_at"])) == claims.exp
    assert (claims.card_type, claims.tier, claims.rate) == (CardType.STANDARD, 1, 9_500)
    assert (claims.offline_limit, claims.currency) == (50_000, "TWD")
    assert claims.last4 == int(card.card_no[-4:])
    assert keys.open_card_ref(claims.card_ref) == card.serial


def test_two_codes_of_one_card_share_nothing_a_shop_could_compare(
    client: httpx.Client, member: SignedUp, keys: HubSigningKeys
) -> None:
    first, second = (
        read_payment_code(_issue(client, member)["code"], keys.verifiers).claims for _ in range(2)
    )
    assert first.card_ref != second.card_ref
    assert first.code_key != second.code_key


def test_only_the_hash_of_the_secret_is_kept_anywhere(
    client: httpx.Client, member: SignedUp, rows: Callable[[Any], list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    issued = _issue(client, member)
    secret, _ = split_payment_code(issued["code"])
    [row] = rows(payment_codes)
    assert row.secret_hash.startswith("$2b$04$")
    assert is_secret_of(secret, row.secret_hash)
    assert not is_secret_of(bytes(32), row.secret_hash)
    canaries = [issued["code"], to_base64url(secret), secret.hex(), repr(secret), member.token]
    kept = "".join(repr(tuple(found)) for table in metadata.sorted_tables for found in rows(table))
    for canary in canaries:
        assert canary not in kept
        assert canary not in caplog.text


def test_a_new_code_replaces_the_old_one_and_tells_nobody(
    client: httpx.Client, member: SignedUp, rows: Callable[[Any], list[Any]]
) -> None:
    old, new = _issue(client, member), _issue(client, member)
    states = {row.code_ref: row.state for row in rows(payment_codes)}
    assert states == {old["code_ref"]: "replaced", new["code_ref"]: "live"}
    history = [(row.code_ref, row.state) for row in rows(payment_code_history)]
    assert history == [
        (old["code_ref"], "live"),
        (old["code_ref"], "replaced"),
        (new["code_ref"], "live"),
    ]
    assert [row.name for row in rows(audit_events)][-2:] == ["QR_ROTATE", "QR_ROTATE"]
    assert [row for row in rows(outbox) if row.payload["kind"] == "code_revoked"] == []


def test_a_revoked_code_is_told_to_every_terminal(
    client: httpx.Client, member: SignedUp, clock: ManualClock, rows: Callable[[Any], list[Any]]
) -> None:
    issued = _issue(client, member)
    clock.advance(1_000)
    assert client.delete(_path(member), headers=member.headers).status_code == 204
    [row] = rows(payment_codes)
    assert (row.state, row.revoked_at) == ("revoked", clock.now())
    [told] = [found for found in rows(outbox) if found.payload["kind"] == "code_revoked"]
    assert told.topic == "feed"
    assert told.payload["data"] == {"code_ref": issued["code_ref"], "exp": issued["expires_at"]}
    assert [found.name for found in rows(audit_events)][-1] == "QR_REVOKE"


def test_revoking_what_is_not_there_changes_nothing(
    client: httpx.Client, member: SignedUp, rows: Callable[[Any], list[Any]]
) -> None:
    events = len(rows(audit_events))
    assert client.delete(_path(member), headers=member.headers).status_code == 204
    _issue(client, member)
    client.delete(_path(member), headers=member.headers)
    assert client.delete(_path(member), headers=member.headers).status_code == 204
    assert len(rows(audit_events)) == events + 2


def test_an_expired_code_is_swept_and_no_longer_broadcast(
    client: httpx.Client,
    member: SignedUp,
    clock: ManualClock,
    hub_context: Context,
    rows: Callable[[Any], list[Any]],
) -> None:
    _issue(client, member)
    clock.advance(900_000)
    sweep_job(hub_context).work()
    assert [row.state for row in rows(payment_codes)] == ["live"]  # good to the last millisecond
    clock.advance(1)
    assert client.delete(_path(member), headers=member.headers).status_code == 204
    sweep_job(hub_context).work()
    assert [row.state for row in rows(payment_codes)] == ["expired"]
    assert [row.state for row in rows(payment_code_history)] == ["live", "expired"]
    assert [found for found in rows(outbox) if found.payload["kind"] == "code_revoked"] == []


@pytest.mark.parametrize(
    ("table", "values", "code"),
    [
        (cards, {"status": "frozen"}, "CARD_NOT_ACTIVE"),
        (cards, {"status": "lost"}, "CARD_NOT_ACTIVE"),
        (members, {"status": "suspended"}, "MEMBER_NOT_ACTIVE"),
        (bindings, {"role": "viewer"}, "FORBIDDEN"),
    ],
)
def test_who_may_not_pay_gets_no_code(
    client: httpx.Client,
    member: SignedUp,
    alter: Callable[..., None],
    rows: Callable[[Any], list[Any]],
    table: Any,
    values: dict[str, str],
    code: str,
) -> None:
    alter(table, **values)
    assert client.post(_path(member), headers=member.headers).json()["code"] == code
    assert rows(payment_codes) == []


def test_an_expired_card_gets_no_code(
    client: httpx.Client, member: SignedUp, clock: ManualClock, alter: Callable[..., None]
) -> None:
    alter(cards, expires_at=clock.now())
    assert client.post(_path(member), headers=member.headers).json()["code"] == "CARD_EXPIRED"


@pytest.mark.parametrize(
    ("left_ms", "life"), [(60_000, 60), (60_999, 60), (1_000, 1), (900_000, 900), (901_000, 900)]
)
def test_a_code_does_not_outlive_its_card(
    client: httpx.Client,
    member: SignedUp,
    clock: ManualClock,
    alter: Callable[..., None],
    rows: Callable[[Any], list[Any]],
    left_ms: int,
    life: int,
) -> None:
    alter(cards, expires_at=clock.now() + timedelta(milliseconds=left_ms))
    issued = _issue(client, member)
    [row] = rows(payment_codes)
    assert row.expires_at - row.issued_at == timedelta(seconds=life)
    assert issued["expires_at"] == to_wire(row.expires_at)


def test_a_card_with_less_than_a_second_left_gets_no_code(
    client: httpx.Client, member: SignedUp, clock: ManualClock, alter: Callable[..., None]
) -> None:
    alter(cards, expires_at=clock.now() + timedelta(milliseconds=999))
    assert client.post(_path(member), headers=member.headers).json()["code"] == "CARD_EXPIRED"


@pytest.mark.parametrize("role", ["admin", "member"])
def test_other_roles_may_present(
    client: httpx.Client, member: SignedUp, alter: Callable[..., None], role: str
) -> None:
    alter(bindings, role=role)
    assert _issue(client, member)["code"].startswith("MPS1:")


@pytest.mark.parametrize("card_id", ["x", "01a20412-646b-74c2-8ff9-d67d878f88da", "%27%20OR%201", "1" * 300])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_card_that_is_not_there_is_not_found(
    client: httpx.Client, member: SignedUp, method: str, card_id: str
) -> None:
    refused = client.request(method, f"/api/v1/me/cards/{card_id}/payment-code", headers=member.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "CARD_NOT_FOUND")


def test_freezing_revokes_the_code_and_unfreezing_does_not_bring_it_back(
    client: httpx.Client,
    member: SignedUp,
    hub: Hub,
    run: Callable[..., Any],
    rows: Callable[[Any], list[Any]],
) -> None:
    _issue(client, member)
    at = hub.context.clock.now()
    frozen = {"card_id": member.card_id, "at": at, "actor": ADMIN, "reason": "asked for"}
    assert run(freeze_card, **frozen)
    assert not run(freeze_card, **frozen)
    assert [row.state for row in rows(payment_codes)] == ["revoked"]
    assert client.post(_path(member), headers=member.headers).json()["code"] == "CARD_NOT_ACTIVE"
    assert run(unfreeze_card, **frozen)
    assert [row.state for row in rows(payment_codes)] == ["revoked"]
    names = [row.name for row in rows(audit_events)]
    assert names[-3:] == ["CARD_FROZEN", "QR_REVOKE", "CARD_UNFROZEN"]
    _issue(client, member)


def test_a_lost_card_is_not_brought_back_by_unfreezing(
    member: SignedUp, hub: Hub, run: Callable[..., Any], alter: Callable[..., None]
) -> None:
    alter(cards, status="lost")
    with pytest.raises(CodedError) as refused:
        run(
            unfreeze_card,
            card_id=member.card_id,
            at=hub.context.clock.now(),
            actor=ADMIN,
            reason="by mistake",
        )
    assert refused.value.code is Code.CARD_NOT_ACTIVE
