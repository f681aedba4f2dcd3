"""Stand-ins that speak the real interface of what they stand for."""
