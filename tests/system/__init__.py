"""The two programs together, as real processes with a real line between them."""
