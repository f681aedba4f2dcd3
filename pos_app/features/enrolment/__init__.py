"""Making a new terminal known to the hub."""
