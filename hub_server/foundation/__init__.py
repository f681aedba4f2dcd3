"""What carries the business and knows none of it."""
