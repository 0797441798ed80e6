"""The machine's own addresses, for a node that was told none."""

from __future__ import annotations

import ipaddress

import ifaddr

MOST = 8
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - names them


def found_addresses(bind: str) -> tuple[str, ...]:
    """What a browser may reach: the bound address, or every one of the machine's, nearest last."""
    if bind not in ANYWHERE:
        return (bind,)
    found = []
    for adapter in ifaddr.get_adapters():
        for one in adapter.ips:
            text = one.ip if isinstance(one.ip, str) else one.ip[0]
            address = ipaddress.ip_address(text)
            if not address.is_link_local and not address.is_multicast:
                found.append(address)
    found.sort(key=lambda address: (address.is_loopback, address.version))
    return tuple(str(address) for address in found[:MOST])
