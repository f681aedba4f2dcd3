"""Owns the change feed: what the hub pushes to its terminals, in order."""
