"""How much there is of everything that is looked at."""

from sqlalchemy import Connection, func, literal, select, union_all

from hub_server.adjusting.tables import adjustments
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards
from hub_server.idempotency.tables import idempotency_registry
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes.tables import payment_codes
from hub_server.transactions.tables import transactions

_LOOKED_AT = (
    accounts,
    adjustments,
    audit_events,
    bindings,
    cards,
    idempotency_registry,
    journal_entries,
    payment_codes,
    point_ledger,
    postings,
    transactions,
)


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    counts = union_all(
        *(
            select(literal(table.name).label("name"), func.count().label("rows")).select_from(table)
            for table in _LOOKED_AT
        )
    )
    return {row.name: row.rows for row in connection.execute(counts)}
