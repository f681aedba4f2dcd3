"""Owns merchants, their stores and their terminals' policy."""

from hub_server.merchants.change_merchant import change_merchant
from hub_server.merchants.create_merchant import NewStore, create_merchant, create_store
from hub_server.merchants.list_merchants import list_merchants, list_policies
from hub_server.merchants.profiles import merchant_profile, store_profile
from hub_server.merchants.queries import (
    MerchantRow,
    PolicyRow,
    PolicyVersion,
    StoreRow,
    find_merchant,
    find_store,
    policies_at,
    policy_in_force,
    stores_of,
)
from hub_server.merchants.rules import business_day
from hub_server.merchants.set_policy import set_policy
from hub_server.merchants.states import MerchantStatus
from hub_server.merchants.suspend_merchant import resume_merchant, suspend_merchant

__all__ = [
    "MerchantRow",
    "MerchantStatus",
    "NewStore",
    "PolicyRow",
    "PolicyVersion",
    "StoreRow",
    "business_day",
    "change_merchant",
    "create_merchant",
    "create_store",
    "find_merchant",
    "find_store",
    "list_merchants",
    "list_policies",
    "merchant_profile",
    "policies_at",
    "policy_in_force",
    "resume_merchant",
    "set_policy",
    "store_profile",
    "stores_of",
    "suspend_merchant",
]
