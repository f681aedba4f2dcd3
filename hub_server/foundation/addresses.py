"""Whom a network address stands for when requests are counted."""

from ipaddress import IPv6Address, IPv6Network, ip_address

NETWORK_BITS = 64
"""What one customer of a provider holds at the least: all its addresses are one."""
MAX_CHARACTERS = 45


def counted_address(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64 network; what is neither stands for itself."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:MAX_CHARACTERS]
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(IPv6Network((int(read), NETWORK_BITS), strict=False))
