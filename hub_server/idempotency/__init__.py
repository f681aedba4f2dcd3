"""Owns merchants' idempotency keys: one outcome a key, for ever (domain.md, Charge)."""
