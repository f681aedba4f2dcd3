"""Owns the audit log: who did what, when; one named event for every change."""
