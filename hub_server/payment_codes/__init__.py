"""Owns payment codes: issue, replacement, revocation, use, and the offline allowance."""
