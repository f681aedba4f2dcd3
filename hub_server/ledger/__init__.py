"""Owns the double-entry book: accounts, immutable postings, and the sums over them."""
