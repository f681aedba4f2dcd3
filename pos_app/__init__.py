"""The terminal at the counter: camera, journal, receipts, and a window that goes on selling when the line is cut.

Imports `shared`, never `hub_server`. `bootstrap` is the composition root and the only place that names a concrete device.
"""
