"""What every screen of the terminal shares: its words, colours, sizes, and the few widgets that all of them use.

Below the features, because their views stand on it; above nothing but `shared`.
"""
