"""Why demo data is refused."""


class NotForDemo(Exception):
    """The database holds other data, or (for load data) no demo data; nothing was written."""
