"""Owns who may ask: one-time passwords, sessions, passwords, API keys."""
