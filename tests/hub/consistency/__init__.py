"""consistency, on both databases."""
