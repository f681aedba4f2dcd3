"""Payment codes: their states, their history, and what the hub signed for them."""

from collections.abc import Iterator
from typing import Any

from hub_server.consistency.queries.codes import (
    codes_beside_their_history,
    codes_with_certificates,
    codes_with_uses,
    live_codes_of_stopped_cards,
    older_live_codes,
)
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection
from shared.payment_code import Certificate, InvalidPaymentCode, verify_certificate
from shared.signing import HubKeys


def check_codes(connection: Connection, keys: HubKeys) -> Iterator[Finding]:
    """A code's state and standing uses against the charges that stand. (One live past its end is swept later.)"""
    for row in codes_with_uses(connection):
        detail = (
            f"is {row.state} with {row.live_uses} live and {row.advised_uses} advised uses; "
            f"charges: {row.live} and {row.advised}"
        )
        yield Finding("code_state", f"code {row.code_ref}", detail)
    for row in live_codes_of_stopped_cards(connection):
        detail = f"is live and its card {row.card_id} is {row.status}"
        yield Finding("code_of_stopped_card", f"code {row.code_ref}", detail)
    for row in older_live_codes(connection):
        detail = f"is live beside a newer one of card {row.card_id}"
        yield Finding("code_beside_another", f"code {row.code_ref}", detail)
    for row in codes_beside_their_history(connection):
        yield Finding("code_history", f"code {row.code_ref}", _history(row))
    for row in codes_with_certificates(connection):
        wrong = _wrong_certificate(row, keys)
        if wrong is not None:
            yield Finding("code_certificate", f"code {row.code_ref}", wrong)


def _history(row: Any) -> str:
    if row.told is None:
        return "has no history"
    if row.told != row.state:
        return f"is {row.state}, its history ends with {row.told}"
    return "its secret's hash is not the one of its history"


def _wrong_certificate(row: Any, keys: HubKeys) -> str | None:
    try:
        certificate: Certificate = verify_certificate(row.certificate, keys)
    except InvalidPaymentCode as error:
        return f"its certificate proves nothing: {error}"
    claims = certificate.claims
    signed = (
        claims.code_ref,
        claims.issued_at,
        claims.expires_at,
        claims.rate,
        claims.tier,
        claims.offline_limit,
    )
    if signed != (row.code_ref, row.issued_at, row.expires_at, row.rate, row.tier, row.offline_limit):
        return "its columns are not what the hub signed"
    return None
