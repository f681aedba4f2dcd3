"""Refunds of merchants' own systems, and the rules that all refunds go by."""
