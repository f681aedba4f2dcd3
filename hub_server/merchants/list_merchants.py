"""Merchants, and versions of their policies, a page at a time."""

from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_serial, write_serial
from hub_server.merchants.queries import (
    MerchantRow,
    PolicyVersion,
    find_merchant,
    merchants_after,
    policy_versions,
)
from hub_server.merchants.rules import code_of, number_in
from hub_server.merchants.states import MerchantStatus
from shared.problems import Code, CodedError


def list_merchants(
    connection: Connection, *, status: MerchantStatus | None, limit: int, cursor: str | None
) -> tuple[list[MerchantRow], str | None]:
    """Merchants in the order of their codes, and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    after = "" if cursor is None else code_of(read_serial(cursor))
    found = merchants_after(connection, status, after, limit + 1)
    page = found[:limit]
    return page, write_serial(number_in(page[-1].code)) if len(found) > limit else None


def list_policies(
    connection: Connection, *, merchant_id: str, limit: int, cursor: str | None
) -> tuple[list[PolicyVersion], str | None]:
    """Versions of a merchant's policy, the newest first, and the cursor of the next page.

    Raises:
        CodedError: NOT_FOUND; INVALID_REQUEST for a made-up cursor.
    """
    if find_merchant(connection, merchant_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    before = None if cursor is None else read_serial(cursor)
    found = policy_versions(connection, merchant_id, before, limit + 1)
    page = found[:limit]
    return page, write_serial(page[-1].policy.version) if len(found) > limit else None
