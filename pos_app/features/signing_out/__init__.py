"""Leaving the terminal: only with nothing unsent, and never by deleting the journal (protocol.md 3, 4)."""
