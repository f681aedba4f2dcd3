"""Owns refunds: money that goes back to a card from a merchant."""

from hub_server.refunding.judge_refund import (
    RefundOrigin,
    after_refund,
    points_to_take,
    refund_row,
    refuse_refund,
)

__all__ = ["RefundOrigin", "after_refund", "points_to_take", "refund_row", "refuse_refund"]
