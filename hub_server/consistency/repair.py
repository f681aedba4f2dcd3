"""Use case repair: `mps-hub check --repair`. Derived values alone, each from what it is derived of.

Money is never repaired by a machine: postings, transactions' amounts, entries and audit events are named and left
to a person, and while any of that is off nothing is repaired at all: a cache may be what is right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import SYSTEM, AuditName, record
from hub_server.consistency.queries.repairs import (
    CodeStanding,
    card_caches,
    card_of_code,
    close_code,
    code_standing,
    given_back,
    write_card,
    write_given_back,
)
from hub_server.consistency.rules import Finding, Report
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import hold_tier_table
from hub_server.payment_codes import CodeState
from shared.api.changes import CodeRevoked

_CODES = frozenset(
    {"code_state", "code_of_stopped_card", "code_beside_another", "code_history", "code_certificate"}
)
_CACHES = frozenset({"card_balance", "card_points", "card_tier"})
_GIVEN_BACK = frozenset({"transaction_given_back"})
_REPAIRED = _CODES | _CACHES | _GIVEN_BACK
_APART = frozenset({"api_key", "card_holders", "card_number", "promotion_grant"})
"""What no derived value follows from: it stands in no repair's way."""
_Step = Callable[[Connection], Sequence["Repair"]]


@dataclass(frozen=True, slots=True)
class Repair:
    """One derived value that was written anew."""

    what: str
    subject: str
    before: str
    after: str


def repair(context: Context, report: Report) -> tuple[Repair, ...]:
    """Repair what the report names and may be repaired, a transaction each; what was done.

    Nothing is, unless all that is off is derived values, or has nothing to do with them.

    Raises:
        DatabaseBusy: a card's lock was not had; what was repaired before stays so.
    """
    done: list[Repair] = []
    for step in _steps(report, context.clock.now()):
        done += context.database.run(step)
    return tuple(done)


def _steps(report: Report, at: datetime) -> Iterator[_Step]:
    found = report.findings
    if not {each.check for each in found} <= _REPAIRED | _APART:
        return
    for tx_no in _subjects(found, _GIVEN_BACK, "transaction "):
        yield lambda c, tx_no=tx_no: _repair_given_back(c, tx_no, at)  # type: ignore[misc]
    for card_id in _subjects(found, _CACHES, "card "):
        yield lambda c, card_id=card_id: _repair_card(c, card_id, at)  # type: ignore[misc]
    for code_ref in _subjects(found, _CODES, "code "):
        reasons = {each.check for each in found if each.subject == f"code {code_ref}"}
        yield lambda c, code_ref=code_ref, reasons=reasons: _close_code(c, code_ref, reasons, at)  # type: ignore[misc]


def _subjects(found: Sequence[Finding], checks: frozenset[str], kind: str) -> list[str]:
    """The names of the rows of a kind that these checks found, each once."""
    names = (each.subject.removeprefix(kind) for each in found if each.check in checks)
    return list(dict.fromkeys(names))


def _repair_card(connection: Connection, card_id: str, at: datetime) -> list[Repair]:
    lock_rows(connection, "card", [card_id])
    seen = card_caches(connection, card_id)
    if seen is None:
        return []
    points = seen.by_rows if seen.by_rows >= 0 else seen.points
    tier = hold_tier_table(connection).tier_for(points)
    write_card(connection, card_id, {"balance": seen.by_ledger, "points": points, "tier": tier})
    changes = (
        ("balance", seen.balance, seen.by_ledger),
        ("points", seen.points, points),
        ("tier", seen.tier, tier),
    )
    done = [
        Repair(what, f"card {card_id}", str(before), str(after))
        for what, before, after in changes
        if before != after
    ]
    _tell(connection, done, "card", card_id, at)
    return done


def _repair_given_back(connection: Connection, tx_no: str, at: datetime) -> list[Repair]:
    card_id = given_back(connection, [tx_no])[tx_no][0]
    lock_rows(connection, "card", [card_id])
    _, before, after, paid = given_back(connection, [tx_no])[tx_no]
    if before == after or after > paid:
        return []  # more went back than was paid: that is for a person
    write_given_back(connection, tx_no, after)
    done = [Repair("given_back", f"transaction {tx_no}", str(before), str(after))]
    _tell(connection, done, "transaction", tx_no, at)
    return done


def _close_code(connection: Connection, code_ref: str, reasons: set[str], at: datetime) -> list[Repair]:
    card_id = card_of_code(connection, code_ref)
    if card_id is None:
        return []
    lock_rows(connection, "card", [card_id])
    seen = code_standing(connection, code_ref)
    to = _closed(seen, reasons, at)
    revoked_at = seen.revoked_at or (at if to is CodeState.REVOKED else None)
    close_code(connection, seen, to, revoked_at=revoked_at, at=at, actor=SYSTEM.id)
    if revoked_at is not None and seen.revoked_at is None:
        _tell_revoked(connection, seen, at)
    before, after = _standing(seen.state, seen.uses), _standing(to, seen.charges)
    done = [Repair("code", f"code {code_ref}", before, after)]
    _tell(connection, done, "code", code_ref, at)
    return done


def _closed(seen: CodeStanding, reasons: set[str], at: datetime) -> CodeState:
    """Where an invalid code ends: consumed if a charge stands on it, else expired or revoked."""
    if seen.state in (CodeState.REPLACED, CodeState.REVOKED):
        return seen.state
    if any(seen.charges):
        return CodeState.CONSUMED
    if seen.state is CodeState.EXPIRED and "code_state" not in reasons:
        return CodeState.EXPIRED
    return CodeState.EXPIRED if seen.expires_at < at else CodeState.REVOKED


def _standing(state: CodeState, uses: tuple[int, int]) -> str:
    return f"{state.value}, {uses[0]} live and {uses[1]} advised uses"


def _tell_revoked(connection: Connection, code: CodeStanding, at: datetime) -> None:
    told = CodeRevoked(code_ref=code.code_ref, exp=code.expires_at).model_dump(mode="json")
    enqueue(connection, at, [News(FEED, {"kind": "code_revoked", "data": told})])
    reason = "closed by a repair"
    event = SYSTEM.did(AuditName.QR_REVOKE, "card", code.card_id, code_ref=code.code_ref, reason=reason)
    record(connection, at, [event])


def _tell(connection: Connection, done: Sequence[Repair], kind: str, identifier: str, at: datetime) -> None:
    """One audit event for each."""
    record(
        connection,
        at,
        [
            SYSTEM.did(
                AuditName.REPAIR, kind, identifier, what=each.what, before=each.before, after=each.after
            )
            for each in done
        ],
    )
