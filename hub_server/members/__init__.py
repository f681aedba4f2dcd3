"""Owns members: the people who hold cards."""
