"""Rows that are off, and rows to be proven one by one; everything is read in sets or streams."""
