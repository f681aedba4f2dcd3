"""Alerts that people attend to, refusals that pile up, and what the hub measures of itself."""
