"""Use case: a shop, its people, members and cards to play with, and what one needs to act as each of them."""

from datetime import datetime
from typing import Any

from hub_server.access import SessionKind, api_key_text, login_by_email, open_session
from hub_server.audit import DEMO
from hub_server.bindings import list_cards
from hub_server.demo_data.errors import NotForDemo
from hub_server.demo_data.install import Hashes, install
from hub_server.demo_data.queries import is_demos, is_empty, merchant_named
from hub_server.demo_data.rules import (
    ADMIN_EMAIL,
    LOGINS,
    MEMBERS,
    MERCHANT_NAME,
    OWNER_EMAIL,
    SECOND_ADMIN_EMAIL,
    STAFF,
    TERMINAL_NAME,
    DemoMember,
    demo_key_bytes,
    demo_password,
    demo_pin,
)
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.members import member_by_phone
from hub_server.merchants import MerchantRow, StoreRow, find_merchant, stores_of
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff import staff_of_store
from hub_server.terminals import create_terminal

CARDS_SHOWN = 50


def make_demo_data(context: Context, keys: HubSigningKeys) -> dict[str, Any]:
    """Make the demo data unless it is there, and tell how to use it, with fresh tokens and enrolment code.

    PINs, password and API key come from the hub's own pepper, so they are the same each time and on no other
    hub; what earlier calls printed stays valid. The shape is surface.md's, `demo-data --json`.

    Raises:
        NotForDemo: the database holds other data.
    """
    at = context.clock.now()
    is_new = context.database.read(is_empty)
    # bcrypt takes its time, so it is never done inside the transaction.
    hashes = Hashes.of(keys.pepper, context.settings) if is_new else None
    return context.database.run(lambda connection: _make(connection, context, keys, hashes, at))


def _make(
    connection: Connection, context: Context, keys: HubSigningKeys, hashes: Hashes | None, at: datetime
) -> dict[str, Any]:
    if hashes is not None and is_empty(connection):
        install(connection, context, keys, hashes, at=at, actor=DEMO)
    merchant, store = demo_shop(connection)
    terminal = create_terminal(
        connection, context, keys, store_id=store.id, name=TERMINAL_NAME, at=at, actor=DEMO
    )

    def login(email: str, kind: SessionKind) -> dict[str, str]:
        return _login(connection, context, keys.pepper, email, kind, at)

    return {
        "hub": context.settings.base_url,
        "admin": login(ADMIN_EMAIL, SessionKind.ADMIN),
        "second_admin": login(SECOND_ADMIN_EMAIL, SessionKind.ADMIN),
        "merchant": {
            "id": merchant.id,
            "code": merchant.code,
            "api_key": api_key_text(demo_key_bytes(keys.pepper)),
        },
        "owner": login(OWNER_EMAIL, SessionKind.MERCHANT),
        "store": {"id": store.id},
        "staff": _staff(connection, store.id, keys.pepper),
        "enrolment_code": terminal.enrolment_code,
        "members": [_member(connection, context, member, at) for member in MEMBERS],
    }


def demo_shop(connection: Connection) -> tuple[MerchantRow, StoreRow]:
    """The demo's merchant and store.

    Raises:
        NotForDemo: they are not there: the database is somebody's own.
    """
    merchant_id = merchant_named(connection, MERCHANT_NAME)
    merchant = None if merchant_id is None else find_merchant(connection, merchant_id)
    if merchant is None or not is_demos(connection, [login.email for login in LOGINS]):
        raise NotForDemo("the database holds other data; demo data goes only into a database of its own")
    return merchant, stores_of(connection, merchant.id)[0]


def _login(
    connection: Connection, context: Context, pepper: bytes, email: str, kind: SessionKind, at: datetime
) -> dict[str, str]:
    login = login_by_email(connection, email)
    if login is None:
        raise NotForDemo("a demo login is missing; begin with an empty database")
    return {
        "email": email,
        "password": demo_password(pepper, email),
        "access_token": _token(connection, context, kind, login.id, at),
    }


def _staff(connection: Connection, store_id: str, pepper: bytes) -> list[dict[str, str]]:
    known = {person.name for person in STAFF}
    return [
        {
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "pin": demo_pin(pepper, person.name),
        }
        for person in staff_of_store(connection, store_id)
        if person.name in known
    ]


def _member(connection: Connection, context: Context, demo: DemoMember, at: datetime) -> dict[str, Any]:
    member = member_by_phone(connection, demo.phone)
    if member is None:
        raise NotForDemo("a demo member is missing; begin with an empty database")
    cards = list_cards(connection, member.id, limit=CARDS_SHOWN, cursor=None).items
    return {
        "phone": member.phone,
        "name": member.name,
        "access_token": _token(connection, context, SessionKind.MEMBER, member.id, at),
        "cards": [
            {
                "card_id": card.card_id,
                "card_no": card.card_no,
                "card_type": card.card_type,
                "balance": card.balance,
                "points": card.points,
            }
            for card in cards
        ],
    }


def _token(connection: Connection, context: Context, kind: SessionKind, subject: str, at: datetime) -> str:
    session = open_session(
        connection,
        context.random_bytes,
        kind=kind,
        subject=subject,
        life_s=context.settings.session_ttl_s,
        at=at,
    )
    return session.token
