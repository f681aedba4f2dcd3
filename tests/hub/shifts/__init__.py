"""shifts, on both databases."""
