"""Codes that any route may answer with, and those of signing in and enrolling."""

from collections.abc import Callable

from hub_server.cards.tables import cards
from hub_server.foundation.storage import Connection
from shared.problems import Code
from tests.builders.people import prove
from tests.hub.api.stage import API, Refused, Stage

WRONG_PHONE = "0000"
ASKED = {"phone": "0912345678"}


def _twice(stage: Stage) -> Refused:
    stage.ask("POST", f"{API}/auth/otp", json={"phone": WRONG_PHONE})
    return stage.refused("POST", f"{API}/auth/otp", json={"phone": WRONG_PHONE})


def _locked_database(stage: Stage) -> Refused:
    with stage.served.context.database.transaction():
        return stage.refused("POST", f"{API}/auth/otp", json=ASKED)


def _broken_database(stage: Stage) -> Refused:
    headers = stage.member()

    def rename(connection: Connection) -> None:
        connection.exec_driver_sql(f"ALTER TABLE {cards.name} RENAME TO lost")

    stage.served.context.database.run(rename)
    return stage.refused("GET", f"{API}/me/cards", headers)


def _registered_twice(stage: Stage) -> Refused:
    settings, client = stage.served.context.settings, stage.served.client
    phone = f"09{int(stage.served.context.ids.new()[-6:], 16) % 10**8:08d}"
    tokens = [prove(client, settings, phone)["registration_token"]]
    stage.served.clock.advance(settings.otp_resend_s * 1_000)
    tokens.append(prove(client, settings, phone)["registration_token"])
    stage.done("POST", f"{API}/members", json={"registration_token": tokens[0], "name": "一"})
    return stage.refused("POST", f"{API}/members", json={"registration_token": tokens[1], "name": "二"})


def _not_a_terminal(stage: Stage) -> Refused:
    body = {
        "enrolment_code": "0000000000",
        "public_key": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "name": "櫃台",
        "app_version": "1",
    }
    return stage.refused("POST", f"{API}/terminals/enrol", json=body)


def _suspended_member(stage: Stage) -> Refused:
    member_id = stage.card.member_id
    stage.done("POST", f"{API}/admin/members/{member_id}/suspend", stage.admin, json={"reason": "試"})
    body = {"member_id": member_id, "card_type": "prepaid"}
    return stage.refused("POST", f"{API}/admin/cards", stage.admin, json=body)


def _adjustment(stage: Stage, headers: dict[str, str], amount: int) -> Refused:
    body = {"card_id": stage.card.card_id, "amount": amount, "reason": "一筆補償"}
    return stage.refused("POST", f"{API}/admin/adjustments", headers, json=body)


def _points_of_a_voucher(stage: Stage) -> Refused:
    card = stage.served.rows.card(card_type="voucher")
    headers = stage.admin | {"Idempotency-Key": stage.served.context.ids.new()}
    body = {"delta": 5, "reason": "試"}
    return stage.refused("POST", f"{API}/admin/cards/{card.card_id}/points", headers, json=body)


GENERAL: dict[Code, Callable[[Stage], Refused]] = {
    Code.INVALID_REQUEST: lambda stage: stage.refused("POST", f"{API}/auth/otp", json={}),
    Code.UNAUTHENTICATED: lambda stage: stage.refused("GET", f"{API}/me"),
    Code.FORBIDDEN: lambda stage: _adjustment(stage, stage.auditor, 100),
    Code.NOT_FOUND: lambda stage: stage.refused("GET", "/nowhere"),
    Code.METHOD_NOT_ALLOWED: lambda stage: stage.refused("DELETE", "/healthz"),
    Code.PAYLOAD_TOO_LARGE: lambda stage: stage.refused(
        "POST", f"{API}/auth/otp", {"Content-Type": "application/json"}, content=b" " * (1 << 20) + b"{}"
    ),
    Code.UNSUPPORTED_MEDIA_TYPE: lambda stage: stage.refused(
        "POST", f"{API}/auth/otp", {"Content-Type": "text/plain"}, content=b"{}"
    ),
    Code.RATE_LIMITED: _twice,
    Code.SYSTEM_BUSY: _locked_database,
    Code.INTERNAL_ERROR: _broken_database,
    Code.INVALID_AMOUNT: lambda stage: _adjustment(stage, stage.admin, 0),
    Code.ENROLMENT_CODE_INVALID: _not_a_terminal,
    Code.MEMBER_NOT_ACTIVE: _suspended_member,
    Code.PHONE_INVALID: lambda stage: stage.refused("POST", f"{API}/auth/otp", json={"phone": WRONG_PHONE}),
    Code.PHONE_ALREADY_REGISTERED: _registered_twice,
    Code.OTP_INVALID: lambda stage: stage.refused(
        "POST", f"{API}/auth/otp/verify", json={"challenge_id": "none", "code": "000000"}
    ),
    Code.CARD_TYPE_HAS_NO_POINTS: _points_of_a_voucher,
}

SPOILS = frozenset(
    {
        Code.RATE_LIMITED,
        Code.SYSTEM_BUSY,
        Code.INTERNAL_ERROR,
        Code.SERVICE_SUSPENDED,
        Code.PHONE_ALREADY_REGISTERED,
        Code.QR_EXPIRED,
    }
)
"""They leave a hub that is good for nothing else, or another time."""
