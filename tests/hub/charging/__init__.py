"""charging, on both databases."""
