"""Owns merchants, their stores and their terminals' policy."""
