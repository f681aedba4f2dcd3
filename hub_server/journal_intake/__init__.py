"""Owns the terminals' journals: intake, chain, and one signed decision an entry."""
