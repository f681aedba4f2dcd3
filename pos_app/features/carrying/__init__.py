"""Carrying the journal out by hand: what verifies goes into a file, whatever the state of the database."""
