"""Owns terminals: enrolment, keys, tokens, status and spells of contact."""
