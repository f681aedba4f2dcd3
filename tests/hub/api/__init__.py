"""The hub's API as a whole: every route, every role, every code, whatever routes there are."""
