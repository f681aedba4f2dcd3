"""Putting the demo into an empty database, by the use cases that make everything else."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import bcrypt

from hub_server.access import LoginKind, LoginRole, LoginRow, api_key_text, insert_login, keep_api_key
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import give_card
from hub_server.cards import CardTypeName, NewCard, cards_by_id
from hub_server.demo_data.fund_cards import Funding, issue_vouchers, top_up_cards
from hub_server.demo_data.rules import (
    FUNDS,
    LOGINS,
    MEMBERS,
    MERCHANT_NAME,
    STAFF,
    STORE_ADDRESS,
    STORE_NAME,
    DemoLogin,
    DemoMember,
    demo_key_bytes,
    demo_password,
    demo_pin,
)
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.loyalty import adjust_points
from hub_server.members import create_member
from hub_server.merchants import NewStore, create_merchant, create_store
from hub_server.registration import give_standard_card
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff import StaffRole, create_staff, hash_pin, post_staff


@dataclass(frozen=True, slots=True)
class Hashes:
    """bcrypt of the demo's passwords by e-mail address, and of its PINs by name."""

    passwords: dict[str, str] = field(repr=False)
    pins: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, pepper: bytes, settings: Settings) -> Self:
        """Hash them; slow on purpose."""
        passwords = {
            login.email: bcrypt.hashpw(
                demo_password(pepper, login.email).encode("ascii"),
                bcrypt.gensalt(settings.password_bcrypt_cost),
            ).decode("ascii")
            for login in LOGINS
        }
        pins = {
            person.name: hash_pin(demo_pin(pepper, person.name), settings.pin_bcrypt_cost) for person in STAFF
        }
        return cls(passwords, pins)


def install(
    connection: Connection,
    context: Context,
    keys: HubSigningKeys,
    hashes: Hashes,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Two admins, a merchant with owner, store, staff and API key, and members with funded cards."""
    merchant_id = _install_shop(connection, context, keys, hashes, at, actor)
    for login in LOGINS:
        _install_login(connection, context, login, merchant_id, hashes.passwords[login.email], at, actor)
    for member in MEMBERS:
        _install_member(connection, context, member, at, actor)


def _install_login(
    connection: Connection,
    context: Context,
    demo: DemoLogin,
    merchant_id: str,
    password_hash: str,
    at: datetime,
    actor: Actor,
) -> None:
    login = LoginRow(
        id=context.ids.new(),
        kind=LoginKind.MERCHANT if demo.is_merchants else LoginKind.ADMIN,
        email=demo.email,
        name=demo.name,
        role=LoginRole.OWNER if demo.is_merchants else LoginRole.SUPERADMIN,
        merchant_id=merchant_id if demo.is_merchants else None,
        password_hash=password_hash,
        created_at=at,
    )
    insert_login(connection, login)
    record(connection, at, [actor.did(AuditName.LOGIN_CREATED, "login", login.id, role=login.role.value)])


def _install_shop(
    connection: Connection,
    context: Context,
    keys: HubSigningKeys,
    hashes: Hashes,
    at: datetime,
    actor: Actor,
) -> str:
    merchant = create_merchant(connection, context, name=MERCHANT_NAME, at=at, actor=actor)
    new_store = NewStore(merchant_id=merchant.id, name=STORE_NAME, address=STORE_ADDRESS)
    store = create_store(connection, context, new_store, at=at, actor=actor)
    for person in STAFF:
        made = create_staff(
            connection,
            context.ids,
            merchant_id=merchant.id,
            name=person.name,
            pin_hash=hashes.pins[person.name],
            at=at,
            actor=actor,
        )
        post_staff(
            connection,
            context.ids,
            staff_id=made.id,
            store_id=store.id,
            role=StaffRole(person.role),
            at=at,
            actor=actor,
        )
    key_id = context.ids.new()
    keep_api_key(
        connection,
        key_id=key_id,
        key=api_key_text(demo_key_bytes(keys.pepper)),
        merchant_id=merchant.id,
        at=at,
    )
    record(connection, at, [actor.did(AuditName.API_KEY, "merchant", merchant.id, key_id=key_id)])
    return merchant.id


def _install_member(
    connection: Connection, context: Context, demo: DemoMember, at: datetime, actor: Actor
) -> None:
    member = create_member(
        connection, member_id=context.ids.new(), phone=demo.phone, name=demo.name, email=None, at=at
    )
    standard = give_standard_card(connection, context, member.id, at=at, actor=actor)
    if demo.points:
        adjust_points(connection, card_id=standard.id, delta=demo.points, reason="demo", at=at, actor=actor)
        [standard] = cards_by_id(connection, [standard.id]).values()
    top_up_cards(connection, context, [Funding(standard, FUNDS)], at=at, actor=actor)
    for wanted in demo.cards:
        new = NewCard(card_type=CardTypeName(wanted.card_type), fixed_rate=wanted.fixed_rate)
        card = give_card(connection, context, new, member_id=member.id, at=at, actor=actor)
        fund = issue_vouchers if card.card_type is CardTypeName.VOUCHER else top_up_cards
        fund(connection, context, [Funding(card, wanted.value)], at=at, actor=actor)
