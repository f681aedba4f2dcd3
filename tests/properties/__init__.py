"""What holds whatever happens: random lives of the hub's money against plain models."""
