"""journal_intake, on both databases."""
