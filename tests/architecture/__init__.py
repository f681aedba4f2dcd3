"""The house rules, kept by tests: what may import what, and what a file may hold."""
