"""What a receipt says, how it is laid out, and its picture: no devices, no window.

``rows_of`` (layout.py) turns a content (content.py) into rows; ``draw`` (raster.py) turns rows into a one-bit picture of the
paper's width. Source: design.md 4.
"""
