"""Merchants, staff, terminals, alerts and the change feed."""
