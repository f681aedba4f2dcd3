"""Printers, the spooler, and what happens when the cable goes."""
