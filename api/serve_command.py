"""The work behind `wardwright serve`."""

from __future__ import annotations

import ipaddress

from api.errors import Refused


def run(host: str, port: int) -> None:
    """Serve until stopped. Raises Refused for an address beyond this machine: there is no login yet."""
    if not is_loopback(host):
        raise Refused(f"{host} can be reached from other machines, and nobody has to log in; use 127.0.0.1 or ::1")
    import uvicorn

    from api.http import create_app

    uvicorn.run(create_app(), host=host, port=port, server_header=False)


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
