"""The rows that a decision looks at, read in sets, and the cards written back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from hub_server.bindings.tables import BindingRole, bindings
from hub_server.cards.tables import cards
from hub_server.charging.rules.spending import Spent
from hub_server.charging.rules.world import Card, Code
from hub_server.charging.states import ServiceState
from hub_server.charging.tables import service_states
from hub_server.loyalty import DEFAULT_TIERS, TierTable
from hub_server.loyalty.tables import tier_tables
from hub_server.members.tables import MemberStatus, members
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions
from shared.payment_code.states import CodeState


@dataclass(frozen=True, slots=True)
class CardRecord:
    """A card's row that the rules need, and its account."""

    row: Card
    account_id: str


def cards_of_codes(connection: Connection, code_refs: Sequence[str]) -> dict[str, str]:
    """Card id by code_ref, for the codes that the hub knows: it never changes, so it is read before any lock."""
    if not code_refs:
        return {}
    found = connection.execute(
        select(payment_codes.c.code_ref, payment_codes.c.card_id).where(
            payment_codes.c.code_ref.in_(code_refs)
        )
    )
    return {row.code_ref: row.card_id for row in found}


def read_cards(
    connection: Connection, card_ids: Sequence[str], earning_types: Iterable[str]
) -> dict[str, CardRecord]:
    """Those cards as they stand; the caller holds their locks."""
    if not card_ids:
        return {}
    earning = frozenset(earning_types)
    found = connection.execute(select(cards).where(cards.c.id.in_(card_ids)))
    return {
        row.id: CardRecord(
            Card(
                card_id=row.id,
                card_type=row.card_type,
                status=row.status,
                expires_at=row.expires_at,
                balance=row.balance,
                points=row.points,
                tier=row.tier,
                currency=row.currency,
                earns_points=row.card_type in earning,
            ),
            row.account_id,
        )
        for row in found
    }


def read_codes(connection: Connection, code_refs: Sequence[str]) -> dict[str, Code]:
    """Those codes with who presents them; the caller holds their cards' locks."""
    if not code_refs:
        return {}
    found = connection.execute(
        select(
            payment_codes,
            members.c.status.label("member_status"),
            bindings.c.role,
            bindings.c.cap_per_charge,
            bindings.c.cap_per_day,
        )
        .outerjoin(members, members.c.id == payment_codes.c.member_id)
        .outerjoin(
            bindings,
            and_(
                bindings.c.card_id == payment_codes.c.card_id,
                bindings.c.member_id == payment_codes.c.member_id,
            ),
        )
        .where(payment_codes.c.code_ref.in_(code_refs))
    ).all()
    used = [row for row in found if row.state == CodeState.CONSUMED.value]
    since = min((row.issued_at for row in used), default=None)
    last = {} if since is None else _last_codes(connection, sorted({row.card_id for row in used}), since)
    superseded = {row.code_ref for row in used if last[row.card_id] != row.code_ref}
    return {row.code_ref: _code(row, was_superseded=row.code_ref in superseded) for row in found}


def _last_codes(connection: Connection, card_ids: Sequence[str], since: datetime) -> dict[str, str]:
    """The code that stands at present for each card: its live one, else the last that was issued.

    Only a used code can come back, so only the cards of used codes are asked for; the first of these was issued at
    `since`, and no code that expired before that came after it. Codes are issued under their card's lock, so their
    histories begin in the order in which they were issued, also those of one second.
    """
    began = select(func.min(payment_code_history.c.id)).where(
        payment_code_history.c.code_ref == payment_codes.c.code_ref
    )
    is_live = payment_codes.c.state == literal_column("'live'")
    found = connection.execute(
        select(payment_codes.c.card_id, payment_codes.c.code_ref)
        .where(payment_codes.c.card_id.in_(card_ids), or_(is_live, payment_codes.c.expires_at >= since))
        .order_by(is_live, began.scalar_subquery())
    )
    return {row.card_id: row.code_ref for row in found}


def _code(row: Row[tuple[object, ...]], *, was_superseded: bool) -> Code:
    has_presenter = row.member_id is not None
    return Code(
        code_ref=row.code_ref,
        card_id=row.card_id,
        state=CodeState(row.state),
        expires_at=row.expires_at,
        member_id=row.member_id,
        cap_per_charge=row.cap_per_charge,
        cap_per_day=row.cap_per_day,
        live_uses=row.live_uses,
        advised_uses=row.advised_uses,
        revoked_at=row.revoked_at,
        told_at=row.told_at,
        was_superseded=was_superseded,
        member_is_active=not has_presenter or row.member_status == MemberStatus.ACTIVE.value,
        may_present=not has_presenter or row.role not in (None, BindingRole.VIEWER.value),
    )


def spent_in_days(
    connection: Connection, card_ids: Sequence[str], days: Iterable[date], zone: tzinfo
) -> tuple[Spent, ...]:
    """What standing charges took from those cards in those days, by who presented the code, in one statement.

    A reversed charge has given everything back, a refunded one what was refunded.
    """
    wanted = sorted(set(days))
    if not card_ids or not wanted:
        return ()
    bounds = [
        (datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone))
        for day in wanted
    ]
    within = [and_(transactions.c.at >= begins, transactions.c.at < ends) for begins, ends in bounds]
    place = case(*((is_in, index) for index, is_in in enumerate(within))).label("place")
    amount = func.sum(transactions.c.payable - transactions.c.given_back).label("amount")
    found = connection.execute(
        select(transactions.c.card_id, transactions.c.member_id, place, amount)
        .where(
            transactions.c.card_id.in_(card_ids),
            transactions.c.kind == TransactionKind.CHARGE.value,
            or_(*within),
        )
        .group_by(transactions.c.card_id, transactions.c.member_id, place)
    )
    return tuple(
        Spent(card_id=row.card_id, member_id=row.member_id, day=wanted[row.place], amount=int(row.amount))
        for row in found
    )


@dataclass(frozen=True, slots=True)
class InForce:
    """The newest tier table, and whether anybody may pay."""

    tiers: TierTable
    service: ServiceState


def read_in_force(connection: Connection) -> InForce:
    """What every decision goes by, in one statement."""
    tiers = select(tier_tables.c.tiers).order_by(tier_tables.c.version.desc()).limit(1)
    service = select(service_states.c.state).order_by(service_states.c.id.desc()).limit(1)
    row = connection.execute(
        select(tiers.scalar_subquery().label("tiers"), service.scalar_subquery().label("service"))
    ).one()
    return InForce(
        tiers=DEFAULT_TIERS if row.tiers is None else TierTable.of(row.tiers),
        service=ServiceState(row.service) if row.service is not None else ServiceState.RUNNING,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChange:
    """How the service was switched, when, by whom and why."""

    state: ServiceState
    reason: str
    at: datetime
    actor: str


def last_service_change(connection: Connection) -> ServiceChange | None:
    """The switch as it stands; None where nobody ever touched it (the service runs)."""
    row = connection.execute(select(service_states).order_by(service_states.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return ServiceChange(state=ServiceState(row.state), reason=row.reason, at=row.at, actor=row.actor)


def insert_service_change(connection: Connection, change: ServiceChange) -> None:
    """Turn the switch."""
    connection.execute(
        insert(service_states).values(
            state=change.state.value, reason=change.reason, at=change.at, actor=change.actor
        )
    )


def write_cards(connection: Connection, changed: Sequence[Card]) -> None:
    """Balance, points and tier of cards whose locks the caller holds, in one statement."""
    if changed:
        connection.execute(
            update(cards)
            .where(cards.c.id == bindparam("the_id"))
            .values(
                balance=bindparam("new_balance"), points=bindparam("new_points"), tier=bindparam("new_tier")
            ),
            [
                {
                    "the_id": card.card_id,
                    "new_balance": card.balance,
                    "new_points": card.points,
                    "new_tier": card.tier,
                }
                for card in changed
            ],
        )
