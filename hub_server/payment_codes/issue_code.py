"""Use case rotate_card_qr: a member gets a new payment code, which replaces the card's live one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import binding_of
from hub_server.cards import CardRow, cards_by_id, last4, read_card
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import TierTable, current_tier_table, rate_for
from hub_server.members import MemberRow, require_active
from hub_server.payment_codes.fresh_secret import FreshSecret
from hub_server.payment_codes.queries import (
    CodeRow,
    advance_codes,
    insert_codes,
    live_codes_of,
)
from hub_server.payment_codes.queries.allowances import counted_offline, headrooms_of_members
from hub_server.payment_codes.refuse_card import refuse_card
from hub_server.payment_codes.rules import (
    CARD_TYPES,
    CodeTerms,
    OfflineAllowance,
    claims_of,
    life_s,
    offline_limit,
)
from hub_server.payment_codes.states import CodeState
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from shared.payment_code import issue_payment_code
from shared.problems import Code, CodedError

CARD_REF_RANDOM_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code's text, shown once and kept nowhere, beside its public name."""

    text: str = field(repr=False)
    code_ref: str
    card_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrder:
    """A code to be made: for which card and member, or which shared screen, out of which fresh randomness."""

    card_id: str
    member_id: str | None
    kiosk_id: str | None = None
    fresh: FreshSecret
    ref_random: bytes = field(repr=False)


def issue_code(
    connection: Connection,
    keys: HubSigningKeys,
    settings: Settings,
    *,
    member: MemberRow,
    order: CodeOrder,
    at: datetime,
) -> NewCode:
    """Give the member a code for a card that the member may present.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), FORBIDDEN (a viewer),
            MEMBER_NOT_ACTIVE, CARD_NOT_ACTIVE, CARD_EXPIRED.
    """
    # Under the lock: who loses the binding or is suspended meanwhile must find every code there is.
    lock_rows(connection, "card", [order.card_id])
    binding = binding_of(connection, order.card_id, member.id)
    if binding is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if not binding.may_present:
        raise CodedError(Code.FORBIDDEN, "a viewer presents no code")
    require_active(connection, member.id)
    card = read_card(connection, order.card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    refusal = refuse_card(card, at)
    if refusal is not None:
        raise CodedError(refusal.code)
    return issue_codes(connection, keys, settings, [order], at=at, actor=Actor("member", member.id))[0]


def issue_codes(
    connection: Connection,
    keys: HubSigningKeys,
    settings: Settings,
    orders: Sequence[CodeOrder],
    *,
    at: datetime,
    actor: Actor,
) -> list[NewCode]:
    """Make codes for cards that are known to be fit and, on PostgreSQL, locked; one a card.

    Each replaces the card's live code. Those of shared screens carry no offline limit and a life of their own; none
    outlives its card.
    """
    if not orders:
        return []
    card_ids = [order.card_id for order in orders]
    _retire_live(connection, card_ids, at, actor)
    cards = cards_by_id(connection, card_ids)
    limits = _limits(connection, settings, cards, orders, at)
    table = current_tier_table(connection)
    made = [
        _compose(keys, settings, order, cards[order.card_id], table, limits[order.card_id], at)
        for order in orders
    ]
    insert_codes(connection, [row for row, _ in made], actor.id)
    record(
        connection,
        at,
        [
            actor.did(
                AuditName.QR_ROTATE,
                "card",
                row.card_id,
                code_ref=row.code_ref,
                offline_limit=row.offline_limit,
                rate=row.rate,
            )
            for row, _ in made
        ],
    )
    return [
        NewCode(text=text, code_ref=row.code_ref, card_id=row.card_id, expires_at=row.expires_at)
        for row, text in made
    ]


def _retire_live(connection: Connection, card_ids: Sequence[str], at: datetime, actor: Actor) -> None:
    """The old codes are replaced, or had expired; neither is broadcast (protocol.md 5)."""
    live = live_codes_of(connection, card_ids).values()
    expired = [code.code_ref for code in live if code.expires_at < at]
    replaced = [code.code_ref for code in live if code.expires_at >= at]
    advance_codes(connection, expired, CodeState.LIVE, CodeState.EXPIRED, at=at, actor=actor.id)
    advance_codes(connection, replaced, CodeState.LIVE, CodeState.REPLACED, at=at, actor=actor.id)


def _limits(
    connection: Connection,
    settings: Settings,
    cards: dict[str, CardRow],
    orders: Sequence[CodeOrder],
    at: datetime,
) -> dict[str, int]:
    """By card: nothing for a shared screen's, which strangers see, and for a member's what the rule leaves."""
    members = {order.card_id: order.member_id for order in orders if order.kiosk_id is None}
    since = at - timedelta(seconds=settings.offline_max_duration_s)
    counted = counted_offline(connection, list(members), since)
    zone = ZoneInfo(settings.time_zone)
    today = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    headrooms = headrooms_of_members(connection, members, today=today, since=since)
    allowed = {
        card_id: offline_limit(
            cards[card_id].balance,
            OfflineAllowance(
                per_card=settings.offline_allowance,
                per_code=settings.offline_code_limit,
                counted=counted.get(card_id, 0),
                headroom=headrooms.get(card_id),
            ),
        )
        for card_id in members
    }
    return dict.fromkeys(cards, 0) | allowed


def _compose(
    keys: HubSigningKeys,
    settings: Settings,
    order: CodeOrder,
    card: CardRow,
    table: TierTable,
    limit: int,
    at: datetime,
) -> tuple[CodeRow, str]:
    ttl_s = settings.code_ttl_s if order.kiosk_id is None else settings.kiosk_code_ttl_s
    terms = CodeTerms(
        card_ref=keys.seal_serial(card.serial, order.ref_random),
        card_type=CARD_TYPES[card.type_on_wire],
        last4=last4(card.card_no),
        tier=card.tier,
        rate=rate_for(card.type_on_wire, card.tier, card.fixed_rate, table),
        offline_limit=limit,
        currency=card.currency,
        issued_at=at,
        ttl_s=life_s(ttl_s, card.expires_at, at),
    )
    claims = claims_of(terms, order.fresh.secret)
    text, certificate = issue_payment_code(order.fresh.secret, claims, keys.signer)
    row = CodeRow(
        code_ref=claims.code_ref,
        card_id=card.id,
        member_id=order.member_id,
        secret_hash=order.fresh.secret_hash,
        certificate=certificate.raw,
        state=CodeState.LIVE,
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        rate=claims.rate,
        tier=claims.tier,
        offline_limit=claims.offline_limit,
        kiosk_id=order.kiosk_id,
    )
    return row, text
