"""The messages of the hub's API, one module a capability; both sides read and write them with these models."""
