"""The receipt printer: a port that never calls an unknown result a success, its real devices, and the spooler.

``printer_at`` (connect.py) turns an address of surface.md into a device; only ``bootstrap`` calls it.
"""
