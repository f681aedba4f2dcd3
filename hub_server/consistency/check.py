"""Use case check: `mps-hub check`."""

from hub_server.consistency.check_codes import check_codes
from hub_server.consistency.check_journals import check_journals
from hub_server.consistency.check_money import check_cards, check_ledger, check_transactions
from hub_server.consistency.check_proofs import check_proofs
from hub_server.consistency.check_registers import check_registers
from hub_server.consistency.queries.sizes import count_rows
from hub_server.consistency.rules import Report
from hub_server.foundation.storage import Connection
from hub_server.loyalty import current_tier_table
from shared.signing import HubKeys


def check(connection: Connection, keys: HubKeys) -> Report:
    """Look at everything on one snapshot; changes nothing.

    Args:
        keys: the hub's keys that verify, for decisions and certificates.
    """
    findings = [
        *check_ledger(connection),
        *check_cards(connection, current_tier_table(connection)),
        *check_transactions(connection),
        *check_proofs(connection),
        *check_codes(connection, keys),
        *check_registers(connection),
        *check_journals(connection, keys),
    ]
    return Report(findings=tuple(findings), looked_at=count_rows(connection))
