"""Owns promotions: factors on points for a while, and points granted once."""
