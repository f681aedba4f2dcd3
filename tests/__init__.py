"""The tests of both programs. Shared helpers are imported as `tests.…`; nothing outside this package imports it."""
