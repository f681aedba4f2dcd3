"""News of a change, written in the same transaction, carried upwards afterwards."""
