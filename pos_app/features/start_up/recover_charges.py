"""At every start: a charge that nobody answered and nobody approved is reversed (protocol.md 5, In doubt)."""

import logging

from pos_app.journal import charges
from pos_app.journal.charges import Charge
from pos_app.journal.failpoints import reach
from pos_app.journal.states import ChargeState
from pos_app.storage import Database, Transaction
from pos_app.syncing.charge_book import ChargeBook
from shared.journal_entries import ReversalReason

logger = logging.getLogger("mps.pos.start_up")


def recover_charges(database: Database, book: ChargeBook) -> tuple[Charge, ...]:
    """Reverse them in one commit, whatever killed the program; which there were, oldest first."""

    def reverse(tx: Transaction) -> tuple[Charge, ...]:
        left = charges.in_states(tx, ChargeState.DURABLE, ChargeState.IN_DOUBT)
        lost = [charge for charge in left if not charge.training]
        for charge in lost:
            book.reverse(tx, charge, ReversalReason.CRASH)
        return tuple(lost)

    reversed_now = database.write(reverse).result()
    if reversed_now:
        reach("after_reversal_commit")
        logger.info("%d charges without an outcome were reversed at the start", len(reversed_now))
    return reversed_now
