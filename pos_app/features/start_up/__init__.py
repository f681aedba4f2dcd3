"""The start: opening what the terminal stands on, or saying plainly why it does not open."""
