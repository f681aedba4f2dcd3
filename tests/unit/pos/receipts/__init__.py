"""Receipts: what they say, how they are laid out, whether they can be read."""
