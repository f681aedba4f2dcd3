"""Opening many accounts at once, for owners that are as new as their accounts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.ledger.queries import insert_accounts
from hub_server.ledger.states import AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened."""

    id: str
    kind: AccountKind
    owner: str
    currency: str


def open_accounts(connection: Connection, wanted: Sequence[NewAccount], *, at: datetime) -> None:
    """Open them in one statement; none of the owners has an account of the kind yet."""
    if wanted:
        insert_accounts(connection, [{**asdict(account), "opened_at": at} for account in wanted])
