"""The terminal's own append-only, signed record, and what has become of each charge in it (protocol.md 4, 5)."""
