"""`POST /charges` and `POST /payment-codes/validate`, for tills that have no journal (protocol.md 8)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hub_server.access import KeyHolder, key_gate
from hub_server.audit import AuditName
from hub_server.charging.messages import ChargeRequest, ValidateRequest, ValidCode
from hub_server.charging.take_charge import AskedCharge, ChargeDesk
from hub_server.charging.tell_merchant import tell_merchant
from hub_server.charging.trace_refusals import RefusalTraces
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.foundation.web import ProblemResponse, problems
from hub_server.idempotency import IdempotencyKey
from hub_server.signing_keys import HubSigningKeys
from shared.api.transactions import Transaction
from shared.money import MAX_AMOUNT, MIN_AMOUNT, is_chargeable
from shared.problems import Code, CodedError, Refusal

_SCOPE = "charge"
_OF_CODES = (
    Code.MERCHANT_NOT_ACTIVE,
    Code.INVALID_QR,
    Code.QR_EXPIRED,
    Code.QR_REVOKED,
    Code.QR_ALREADY_USED,
    Code.MEMBER_NOT_ACTIVE,
    Code.CARD_NOT_ACTIVE,
    Code.CARD_EXPIRED,
    Code.CURRENCY_MISMATCH,
    Code.SERVICE_SUSPENDED,
)
_OF_CHARGES = (
    *_OF_CODES,
    Code.INVALID_AMOUNT,
    Code.IDEMPOTENCY_CONFLICT,
    Code.LIMIT_EXCEEDED,
    Code.INSUFFICIENT_BALANCE,
)


def router(context: Context, keys: HubSigningKeys, figures: Figures) -> APIRouter:
    """The routes, for holders of a merchant's key."""
    routes = APIRouter(prefix="/api/v1", tags=["charges"])
    gate = Depends(key_gate(context, _SCOPE))
    desk = ChargeDesk(context, keys.verifiers)
    traces = RefusalTraces(context, figures, AuditName.PAYMENT_DECLINED)

    @routes.post("/charges", response_model=Transaction, responses=problems(*_OF_CHARGES))
    def charge(
        request: Request,
        response: Response,
        body: ChargeRequest,
        key: IdempotencyKey,
        holder: Annotated[KeyHolder, gate],
    ) -> Transaction | ProblemResponse:
        """Charge a payment code; the answer is the transaction. One outcome a key, for ever.

        A repeat, completed or refused, is told as it was the first time, with `Idempotent-Replayed: true`. After
        no answer, `SYSTEM_BUSY`, `SERVICE_SUSPENDED` or `INTERNAL_ERROR` send the same request again, with the
        same key.
        """
        asked = AskedCharge(
            key=key, code=body.code, amount=body.amount, currency=body.currency, order_ref=body.order_ref
        )
        with traces.of(holder, key):
            if not is_chargeable(body.amount):
                raise CodedError(Code.INVALID_AMOUNT, f"outside {MIN_AMOUNT} … {MAX_AMOUNT} minor units")
            told = desk.take(holder, asked)
        return tell_merchant(request, response, figures, told)

    @routes.post("/payment-codes/validate", responses=problems(*_OF_CODES))
    def validate(body: ValidateRequest, holder: Annotated[KeyHolder, gate]) -> ValidCode:
        """Whether a payment code would be charged at present, and on which terms. Nothing moves."""
        good = desk.validate(holder, body.code)
        if isinstance(good, Refusal):
            figures.refused(good.code)
            raise CodedError(good.code, good.detail)
        return ValidCode(
            card_type=good.card_type,
            tier=good.claims.tier,
            rate=good.claims.rate,
            currency=good.claims.currency,
            card_last4=f"{good.claims.last4:04d}",
            expires_at=good.claims.expires_at,
        )

    return routes
