"""Tiers and points."""
