"""The shapes of single rows, so that `hub_rows` says only how they go together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub_server.loyalty import DEFAULT_TIERS


def account(account_id: str, kind: str, owner: str, at: datetime) -> dict[str, Any]:
    return {"id": account_id, "kind": kind, "owner": owner, "currency": "TWD", "opened_at": at}


def member(member_id: str, phone: str, at: datetime) -> dict[str, Any]:
    return {"id": member_id, "phone": phone, "name": "陳小明", "status": "active", "registered_at": at}


def top_up(
    card_id: str,
    card_no: str,
    card_type: str,
    transaction_id: str,
    number: int,
    amount: int,
    points: int,
    at: datetime,
) -> dict[str, Any]:
    return {
        "id": transaction_id,
        "tx_no": f"RCG9{number:09d}",
        "kind": "top_up",
        "status": "completed",
        "card_id": card_id,
        "raw_amount": amount,
        "rate": 10_000,
        "payable": amount,
        "currency": "TWD",
        "points_earned": 0,
        "points_balance": points,
        "tier": DEFAULT_TIERS.tier_for(points),
        "card_last4": card_no[-4:],
        "card_type": card_type,
        "at": at,
        "completed_at": at,
    }


def moved_event(transaction: Mapping[str, Any], name: str, at: datetime) -> dict[str, Any]:
    """The audit event of money that moved."""
    data = {"tx_no": transaction["tx_no"], "payable": transaction["payable"]}
    who = {"actor_kind": "system", "actor_id": "test", "subject_kind": "card"}
    return {"name": name, "at": at, **who, "subject_id": transaction["card_id"], "data": data}
