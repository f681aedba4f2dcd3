"""The edge of refund_charge: one look before, one transaction."""

import logging
from dataclasses import dataclass

from hub_server.access import KeyHolder
from hub_server.charging import Told, hub_money, read_told
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.idempotency import KeyedRequest, RequestKind, decide_once, find_outcome, hash_of
from hub_server.refunding.refund_charge import RefundOrder, RefundTools, refund_charge

_log = logging.getLogger("mps.hub.refunding")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRefund:
    """As it came in; the amount in minor units."""

    key: str
    tx_no: str
    amount: int
    currency: str | None
    reason: str | None
    order_ref: str | None


class RefundDesk:
    """Takes the refunds of merchants' own systems."""

    def __init__(self, context: Context) -> None:
        """With what the settings say of the hub's money.

        Raises:
            ZoneInfoNotFoundError: the hub's time zone is none.
        """
        self._context = context
        self._tools = RefundTools(ids=context.ids, money=hub_money(context.settings))

    def take(self, holder: KeyHolder, asked: AskedRefund) -> Told:
        """Decide a refund once, or tell again what its key led to.

        Raises:
            CodedError: IDEMPOTENCY_CONFLICT.
            DatabaseBusy: nothing was decided.
        """
        request = _keyed(holder, asked)

        def look(connection: Connection) -> Told | None:
            known = find_outcome(connection, request)
            return read_told(connection, known) if known is not None else None

        def decide(connection: Connection) -> Told:
            now = self._context.clock.now()
            order = RefundOrder(
                merchant_id=holder.merchant_id,
                tx_no=asked.tx_no,
                amount=asked.amount,
                currency=asked.currency,
                reason=asked.reason,
                order_ref=asked.order_ref,
                key=asked.key,
                actor=holder.actor,
            )
            outcome = decide_once(
                connection, request, now, lambda: refund_charge(connection, self._tools, order, now)
            )
            return read_told(connection, outcome)

        told = self._context.database.read(look) or self._context.database.run(decide)
        refusal = told.outcome.refusal
        if refusal is not None:
            _log.info("refund refused", extra={"code": refusal.code.value, "merchant": holder.merchant_id})
        return told


def _keyed(holder: KeyHolder, asked: AskedRefund) -> KeyedRequest:
    content: dict[str, str | int | None] = {
        "tx_no": asked.tx_no,
        "amount": asked.amount,
        "currency": asked.currency,
        "reason": asked.reason,
        "order_ref": asked.order_ref,
    }
    return KeyedRequest(
        merchant_id=holder.merchant_id,
        key=asked.key,
        kind=RequestKind.REFUND,
        content_hash=hash_of(RequestKind.REFUND, content),
    )
