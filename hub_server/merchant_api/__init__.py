"""Owns the endpoints of a merchant's own people: API keys, transactions, stores, terminals, staff."""
