"""Owns points and tiers: the versioned table, and the point ledger."""
