"""Kinds of account (domain.md, Money)."""

from enum import StrEnum

HUB_OWNER = "hub"
"""The owner of accounts of which the hub has one."""


class AccountKind(StrEnum):
    """The first three are credit-normal liabilities; the rest as named."""

    CARD = "card"
    MERCHANT = "merchant"
    FEE_INCOME = "fee_income"
    GATEWAY = "gateway"
    PROMOTION_EXPENSE = "promotion_expense"
    OVERDRAFT = "overdraft"
