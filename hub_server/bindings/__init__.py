"""Owns bindings: which member may do what with which card."""
