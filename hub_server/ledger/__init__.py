"""Owns the ledger: accounts and immutable double-entry postings."""

from hub_server.ledger.open_account import account_id_of, open_account, owned_account_id, owned_account_ids
from hub_server.ledger.open_accounts import NewAccount, open_accounts
from hub_server.ledger.post import Posting, post
from hub_server.ledger.queries import SeenPosting, postings_of
from hub_server.ledger.states import HUB_OWNER, AccountKind

__all__ = [
    "HUB_OWNER",
    "AccountKind",
    "NewAccount",
    "Posting",
    "SeenPosting",
    "account_id_of",
    "open_account",
    "open_accounts",
    "owned_account_id",
    "owned_account_ids",
    "post",
    "postings_of",
]
