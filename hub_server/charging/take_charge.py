"""The edge of charge_by_code: one look before, the slow check between, one transaction."""

import hashlib
import logging
from dataclasses import dataclass, field

from hub_server.access import KeyHolder
from hub_server.charging.charge_by_code import ChargeTools, CodeCharge, charge_by_code
from hub_server.charging.read_world import hub_money
from hub_server.charging.tell_merchant import Told, read_told
from hub_server.charging.validate_code import GoodCode, validate_code
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.idempotency import KeyedRequest, RequestKind, decide_once, find_outcome, hash_of
from hub_server.payment_codes import codes_by_ref, read_shown_code
from shared.payment_code import Claims
from shared.problems import Refusal
from shared.signing import HubKeys

_log = logging.getLogger("mps.hub.charging")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCharge:
    """As it came in: the whole code, and the amount in minor units."""

    key: str
    code: str = field(repr=False)
    amount: int
    currency: str
    order_ref: str | None


class ChargeDesk:
    """Takes the charges of merchants' own systems."""

    def __init__(self, context: Context, keys: HubKeys) -> None:
        """`keys` verify certificates.

        Raises:
            ZoneInfoNotFoundError: the hub's time zone is none.
        """
        self._context = context
        self._keys = keys
        self._tools = ChargeTools(
            ids=context.ids, money=hub_money(context.settings), skew_s=context.settings.skew_s
        )

    def take(self, holder: KeyHolder, asked: AskedCharge) -> Told:
        """Decide a charge once, or tell again what its key led to.

        Raises:
            CodedError: IDEMPOTENCY_CONFLICT, SERVICE_SUSPENDED.
            DatabaseBusy: nothing was decided.
        """
        request, at = _keyed(holder, asked), self._context.clock.now()

        def look(connection: Connection) -> Told | None:
            known = find_outcome(connection, request)
            return read_told(connection, known) if known is not None else None

        told = self._context.database.read(look)
        if told is None:
            order = CodeCharge(
                merchant_id=holder.merchant_id,
                claims=self._claims(asked.code),
                amount=asked.amount,
                currency=asked.currency,
                order_ref=asked.order_ref,
                key=asked.key,
                at=at,
                actor=holder.actor,
            )
            told = self._context.database.run(lambda c: self._decide(c, request, order))
        refusal = told.outcome.refusal
        if refusal is not None:
            _log.info("charge refused", extra={"code": refusal.code.value, "merchant": holder.merchant_id})
        return told

    def validate(self, holder: KeyHolder, text: str) -> GoodCode | Refusal:
        """Whether the code would be charged at present."""
        claims, at, tools = self._claims(text), self._context.clock.now(), self._tools

        def look(connection: Connection) -> GoodCode | Refusal:
            return validate_code(
                connection,
                merchant_id=holder.merchant_id,
                claims=claims,
                currency=tools.money.currency,
                at=at,
                skew_s=tools.skew_s,
            )

        return self._context.database.read(look)

    def _claims(self, text: str) -> Claims | None:
        """Of a code that verifies and whose secret is the one whose hash is kept, checked outside any transaction.

        A code that verifies and that the hub does not know is refused by the rules.
        """
        shown = read_shown_code(text, self._keys)
        if shown is None:
            return None
        code_ref = shown.claims.code_ref
        kept = self._context.database.read(lambda c: codes_by_ref(c, [code_ref])).get(code_ref)
        return shown.claims if kept is None or shown.is_kept_as(kept.secret_hash) else None

    def _decide(self, connection: Connection, request: KeyedRequest, order: CodeCharge) -> Told:
        now = self._context.clock.now()
        outcome = decide_once(
            connection, request, now, lambda: charge_by_code(connection, self._tools, order, now)
        )
        return read_told(connection, outcome)


def _keyed(holder: KeyHolder, asked: AskedCharge) -> KeyedRequest:
    content: dict[str, str | int | None] = {
        "code": hashlib.sha256(asked.code.encode("utf-8")).hexdigest(),
        "amount": asked.amount,
        "currency": asked.currency,
        "order_ref": asked.order_ref,
    }
    return KeyedRequest(
        merchant_id=holder.merchant_id,
        key=asked.key,
        kind=RequestKind.CHARGE,
        content_hash=hash_of(RequestKind.CHARGE, content),
    )
