"""validate_qr_plain: whether a code would be charged at present; nothing moves and nothing is written."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.charging.queries import read_cards, read_codes, read_in_force
from hub_server.charging.rules.checks import refuse_card, refuse_code, refuse_currency
from hub_server.charging.states import ServiceState
from hub_server.foundation.storage import Connection
from hub_server.merchants import MerchantStatus, find_merchant
from shared.api.transactions import CardTypeName
from shared.payment_code import Claims
from shared.problems import Code, Refusal


@dataclass(frozen=True, slots=True)
class GoodCode:
    """What a charge by the code would go by."""

    claims: Claims
    card_type: CardTypeName


def validate_code(
    connection: Connection,
    *,
    merchant_id: str,
    claims: Claims | None,
    currency: str,
    at: datetime,
    skew_s: int,
) -> GoodCode | Refusal:
    """By the checks of a charge that do not depend on an amount, in their order, on rows that nobody locks.

    `claims` is None for what is no good code; `currency` is the hub's, in which a charge would have to be asked for.
    """
    merchant = find_merchant(connection, merchant_id)
    if merchant is None or merchant.status is not MerchantStatus.ACTIVE:
        return Refusal(Code.MERCHANT_NOT_ACTIVE)
    if claims is None:
        return Refusal(Code.INVALID_QR)
    code = read_codes(connection, [claims.code_ref]).get(claims.code_ref)
    refusal = refuse_code(claims, code, at, skew_s) or refuse_currency(currency, claims, currency)
    if refusal is None and read_in_force(connection).service is ServiceState.SUSPENDED:
        refusal = Refusal(Code.SERVICE_SUSPENDED)
    if refusal is not None or code is None:
        return refusal or Refusal(Code.INVALID_QR)
    card = read_cards(connection, [code.card_id], ())[code.card_id].row
    return refuse_card(code, card, at) or GoodCode(claims, card.card_type)
