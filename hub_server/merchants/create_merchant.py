"""Making a merchant with its account and first policy, and its stores."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, NumberSequence, take_numbers
from hub_server.ledger import AccountKind, open_account
from hub_server.merchants.queries import (
    MerchantRow,
    StoreRow,
    find_merchant,
    insert_merchant,
    insert_policy,
    insert_store,
)
from hub_server.merchants.rules import MAX_CODE, code_of
from hub_server.merchants.states import MerchantStatus
from shared.api.policy import OfflinePolicy, Policy, ReceiptPolicy
from shared.problems import Code, CodedError, FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStore:
    """What is asked for."""

    merchant_id: str
    name: str
    address: str
    time_zone: str = "Asia/Taipei"
    day_starts_at: int = 4


def create_merchant(
    connection: Connection,
    context: Context,
    *,
    name: str,
    at: datetime,
    actor: Actor,
    receipt: ReceiptPolicy | None = None,
) -> MerchantRow:
    """Make an active merchant with a code, a payable account and version 1 of its policy, in force at once."""
    settings = context.settings
    number = take_numbers(connection, NumberSequence.MERCHANT)[0]
    if number > MAX_CODE:
        raise CodedError(Code.LIMIT_EXCEEDED, "every merchant code is taken")
    merchant_id, account_id = context.ids.new(), context.ids.new()
    row = MerchantRow(
        id=merchant_id,
        code=code_of(number),
        name=name,
        status=MerchantStatus.ACTIVE,
        account_id=account_id,
    )
    open_account(
        connection,
        kind=AccountKind.MERCHANT,
        owner=merchant_id,
        currency=settings.currency,
        at=at,
        account_id=account_id,
    )
    insert_merchant(connection, row, at)
    policy = Policy(
        version=1,
        currency=settings.currency,
        exponent=settings.exponent,
        offline=OfflinePolicy(max_duration_s=settings.offline_max_duration_s),
        live_window_s=settings.live_window_s,
        skew_s=settings.skew_s,
        receipt=receipt or ReceiptPolicy(),
    )
    insert_policy(connection, merchant_id, policy, at, told_at=at, created_by=actor.id)
    record(connection, at, [actor.did(AuditName.MERCHANT_CREATED, "merchant", merchant_id, code=row.code)])
    return row


def create_store(
    connection: Connection, context: Context, new: NewStore, *, at: datetime, actor: Actor
) -> StoreRow:
    """Make a store of a merchant.

    Raises:
        CodedError: NOT_FOUND (no such merchant), INVALID_REQUEST (time zone or hour).
    """
    if find_merchant(connection, new.merchant_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    try:
        ZoneInfo(new.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        wrong = FieldError(pointer="/time_zone", detail="not an IANA time zone")
        raise CodedError(Code.INVALID_REQUEST, fields=(wrong,)) from error
    if not 0 <= new.day_starts_at <= 23:
        wrong = FieldError(pointer="/day_starts_at", detail="an hour from 0 to 23")
        raise CodedError(Code.INVALID_REQUEST, fields=(wrong,))
    row = StoreRow(
        id=context.ids.new(),
        merchant_id=new.merchant_id,
        name=new.name,
        address=new.address,
        time_zone=new.time_zone,
        day_starts_at=new.day_starts_at,
    )
    insert_store(connection, row)
    record(connection, at, [actor.did(AuditName.STORE_CREATED, "store", row.id, merchant=row.merchant_id)])
    return row
