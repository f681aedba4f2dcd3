"""The window: its flows as values, its widgets as a person meets them."""
