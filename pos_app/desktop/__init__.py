"""The window: its frame, navigation and devices, and the screens of the features put into it."""
