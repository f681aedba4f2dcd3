"""Who stands at the terminal: staff, PINs, and the lock."""
