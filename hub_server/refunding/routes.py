"""`POST /refunds`, for tills that have no journal (protocol.md 8)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hub_server.access import KeyHolder, key_gate
from hub_server.audit import AuditName
from hub_server.charging import RefusalTraces, tell_merchant
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.foundation.web import ProblemResponse, problems
from hub_server.idempotency import IdempotencyKey
from hub_server.refunding.messages import RefundRequest
from hub_server.refunding.take_refund import AskedRefund, RefundDesk
from shared.api.transactions import Transaction
from shared.money import MAX_AMOUNT, MIN_AMOUNT, is_chargeable
from shared.problems import Code, CodedError

_SCOPE = "refund"
_REFUSALS = (
    Code.MERCHANT_NOT_ACTIVE,
    Code.INVALID_AMOUNT,
    Code.CURRENCY_MISMATCH,
    Code.IDEMPOTENCY_CONFLICT,
    Code.TX_NOT_FOUND,
    Code.NOT_REFUNDABLE,
    Code.REFUND_EXCEEDS_REMAINING,
)


def router(context: Context, figures: Figures) -> APIRouter:
    """The route, for holders of a merchant's key."""
    routes = APIRouter(prefix="/api/v1", tags=["refunds"])
    gate, desk = Depends(key_gate(context, _SCOPE)), RefundDesk(context)
    traces = RefusalTraces(context, figures, AuditName.REFUND_DECLINED)

    @routes.post("/refunds", response_model=Transaction, responses=problems(*_REFUSALS))
    def refund(
        request: Request,
        response: Response,
        body: RefundRequest,
        key: IdempotencyKey,
        holder: Annotated[KeyHolder, gate],
    ) -> Transaction | ProblemResponse:
        """Give a part or all of a charge back; the answer is the refund's transaction. One outcome a key, for ever.

        A repeat, completed or refused, is told as it was the first time, with `Idempotent-Replayed: true`. After
        no answer, `SYSTEM_BUSY` or `INTERNAL_ERROR` send the same request again, with the same key.
        """
        asked = AskedRefund(
            key=key,
            tx_no=body.tx_no,
            amount=body.amount,
            currency=body.currency,
            reason=body.reason,
            order_ref=body.order_ref,
        )
        with traces.of(holder, key):
            if not is_chargeable(body.amount):
                raise CodedError(Code.INVALID_AMOUNT, f"outside {MIN_AMOUNT} … {MAX_AMOUNT} minor units")
            told = desk.take(holder, asked)
        return tell_merchant(request, response, figures, told)

    return routes
