"""How far the terminal may still go by itself: the one computation behind every meter (protocol.md 5, rules 3 and 4)."""

from datetime import datetime, timedelta

from pos_app.hub_copy import HubFacts, rows
from pos_app.journal import charges, journal
from pos_app.journal.journal import Stamp
from pos_app.storage import Transaction
from pos_app.syncing.hub_clock import TOLERANCE
from pos_app.syncing.line import OfflineMeter
from shared.problems import Code, Refusal


def offline_meter(tx: Transaction, facts: HubFacts, stamp: Stamp, clock_is_plausible: bool) -> OfflineMeter:
    """What is left of the offline limits under the contact that the next charge would carry (`stamp`).

    `OfflineMeter.room` says the same as an `OfflineRoom`.
    """
    offline = rows.policy_at(tx, stamp.contact).offline
    spent = charges.offline_spending(tx, stamp.contact)
    until = stamp.contact + timedelta(seconds=offline.max_duration_s)
    left_total, left_count = offline.max_total - spent.total, offline.max_count - spent.count
    refusal: Refusal | None = None
    if not offline.enabled or facts.is_suspended:
        refusal = Refusal(Code.OFFLINE_NOT_ALLOWED)
    elif not clock_is_plausible:
        refusal = Refusal(Code.CLOCK_IMPLAUSIBLE)
    elif left_total <= 0 or left_count <= 0 or stamp.at > until:
        refusal = Refusal(Code.OFFLINE_LIMIT_EXCEEDED)
    return OfflineMeter(
        left_total=max(0, left_total),
        max_total=offline.max_total,
        left_count=max(0, left_count),
        max_amount=offline.max_amount,
        until=until,
        needs_manager=spent.total >= offline.soft_total,
        refusal=refusal,
        left_soft=max(0, offline.soft_total - spent.total),
        clock_is_locked=not clock_is_plausible,
    )


def offline_meter_beside(tx: Transaction, facts: HubFacts, now: datetime) -> OfflineMeter:
    """The same for a program that only looks (`status`): `now` is the machine's clock, and the lock as it was kept."""
    stamp = journal.next_stamp(tx, facts.terminal_id, now, facts.contact)
    is_below = now < max(stamp.floor, facts.contact) - TOLERANCE
    return offline_meter(tx, facts, stamp, not facts.clock_locked and not is_below)
