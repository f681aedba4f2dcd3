"""Which addresses a terminal may call: https, or a hub on this very machine."""

import ipaddress
from urllib.parse import urlsplit

from pos_app.hub_client.errors import InsecureAddress


def checked_address(text: str) -> str:
    """The base URL without a final slash.

    Raises:
        InsecureAddress: not http or https, no host, or http to another machine.
    """
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise InsecureAddress("not an address") from error
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise InsecureAddress("not the address of a hub")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise InsecureAddress("a hub on another machine is called over https")
    return text.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
