"""Owns shifts as terminals report them, beside the hub's own sums."""
