"""Agreement with the hub: what to send, what an answer means, and the state of the line."""
