"""The ground under every capability."""
