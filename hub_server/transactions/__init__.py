"""Owns transactions: completed movements of money, with the numbers people read."""
