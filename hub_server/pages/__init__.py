"""Owns the pages people open in a browser: templates and thin views over the same use cases as the API."""
