"""What vouches for each transaction: an audit event, and the key or the approval it was asked for with."""

from collections.abc import Iterator
from typing import Any

from hub_server.consistency.queries.proofs import (
    NAMES,
    adjustments_nobody_approved,
    events_of_no_transaction,
    transactions_untold,
    transactions_without_key,
)
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection


def check_proofs(connection: Connection) -> Iterator[Finding]:
    """No transaction that nobody asked for, and none that was asked for and is gone (invariant 6).

    An entry's own place in its journal is looked at with the journals.
    """
    for row in transactions_untold(connection):
        yield Finding("transaction_audit", f"transaction {row.tx_no}", _untold(row))
    for row in events_of_no_transaction(connection):
        detail = f"{row.name} of {row.tx_no or 'no number'}: there is no such transaction"
        yield Finding("audit_transaction", f"audit event {row.event_id}", detail)
    for row in transactions_without_key(connection):
        detail = f"is a {row.kind} of no entry and of no idempotency key"
        yield Finding("transaction_key", f"transaction {row.tx_no}", detail)
    for row in adjustments_nobody_approved(connection):
        yield Finding(
            "transaction_adjustment", f"transaction {row.tx_no}", "no adjustment was approved for it"
        )


def _untold(row: Any) -> str:
    name = NAMES[row.kind]
    if row.events != 1:
        return f"has {row.events} audit events {name}"
    return f"says {row.payable}, its audit event {name} {row.amount} of card {row.card_id}"
