"""The hub, on both databases."""
