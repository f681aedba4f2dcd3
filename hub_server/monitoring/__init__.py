"""Owns alerts and metrics that people act on."""
