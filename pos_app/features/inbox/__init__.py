"""What waits for a person or for the line (待處理)."""
