"""The fakes keep what they promise."""
