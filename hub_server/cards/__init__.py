"""Owns cards: stored-value accounts, their type, status and cached balance."""
