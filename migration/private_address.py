"""Which addresses of the network no crawl may reach: those that are not on the public Internet, and those where clouds keep their secrets.

A name that leads today to a public address may lead tomorrow, or after a redirect, to the machine itself (DNS rebinding). So what is checked is
the address that a connection is about to be made to, not the name.
"""

from __future__ import annotations

import ipaddress

# Azure answers its machines at a public address (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16); the others
# use link-local, unique-local or shared addresses, that are not global.
_METADATA = frozenset((ipaddress.ip_address("168.63.129.16"),))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def is_public(address: str) -> bool:
    """Whether an IP address (« 192.0.2.1 », « 2001:db8::1 ») is on the public Internet; False for what is no address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6:
        # 6to4 and Teredo tunnels lead where their far end wants (RFC 7526 and 4380); no public site is served by them.
        if ip.sixtofour or ip.teredo:
            return False
        ip = _within(ip)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _METADATA


def _within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for (mapped, NAT64), else itself."""
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip
