"""Owns refunds: money that goes back to a card from a merchant."""
