"""Both programs against the messages and behaviour they share."""
