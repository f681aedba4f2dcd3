"""What accounts hold, summed from the postings."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from hub_server.ledger import AccountKind
from hub_server.ledger.tables import accounts, postings


def account_balances(connection: Connection, account_ids: Sequence[str]) -> dict[str, int]:
    """Credits minus debits of each account, in minor units; what a credit-normal account holds."""
    balances = dict.fromkeys(account_ids, 0)
    for column, sign in ((postings.c.credit_account, 1), (postings.c.debit_account, -1)):
        sums = connection.execute(
            select(column, func.sum(postings.c.amount)).where(column.in_(account_ids)).group_by(column)
        )
        for account_id, amount in sums:
            balances[account_id] += sign * int(amount)
    return balances


def totals(connection: Connection) -> dict[tuple[AccountKind, str], tuple[int, int]]:
    """Debits and credits of each kind of account and currency, in minor units."""
    result: dict[tuple[AccountKind, str], tuple[int, int]] = {}
    for column, side in ((postings.c.debit_account, 0), (postings.c.credit_account, 1)):
        sums = connection.execute(
            select(accounts.c.kind, postings.c.currency, func.sum(postings.c.amount))
            .join(accounts, accounts.c.id == column)
            .group_by(accounts.c.kind, postings.c.currency)
        )
        for kind, currency, amount in sums:
            key = (AccountKind(kind), currency)
            debits, credits_ = result.get(key, (0, 0))
            result[key] = (debits + int(amount), credits_) if side == 0 else (debits, credits_ + int(amount))
    return result
