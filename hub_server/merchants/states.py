"""What a merchant may be."""

from enum import StrEnum


class MerchantStatus(StrEnum):
    """What an approved merchant may be."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


TRANSITIONS: dict[MerchantStatus, frozenset[MerchantStatus]] = {
    MerchantStatus.ACTIVE: frozenset({MerchantStatus.SUSPENDED}),
    MerchantStatus.SUSPENDED: frozenset({MerchantStatus.ACTIVE}),
}
