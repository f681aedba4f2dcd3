"""The charges of this terminal, to find one and to print it again."""
