"""Owns staff: cashiers and store managers with their PINs."""
