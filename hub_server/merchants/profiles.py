"""Merchants and stores as their terminals know them (protocol.md 3, 6)."""

from hub_server.merchants.queries import MerchantRow, StoreRow
from shared.api.terminals import MerchantProfile, StoreProfile


def merchant_profile(row: MerchantRow) -> MerchantProfile:
    """The message of a merchant."""
    return MerchantProfile(id=row.id, code=row.code, name=row.name, status=row.status.value)


def store_profile(row: StoreRow) -> StoreProfile:
    """The message of a store."""
    return StoreProfile(
        id=row.id,
        name=row.name,
        address=row.address,
        time_zone=row.time_zone,
        day_starts_at=row.day_starts_at,
    )
