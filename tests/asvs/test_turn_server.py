"""The TURN server as docs/security.md sets it up: it opens no network that is not public."""

from __future__ import annotations

import asyncio
import hmac
import re
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from aioice import turn

from tests.structure.tree import ROOT
from tests.support.companion import Companion
from tests.support.packages import turnserver
from tests.support.ports import free_port

SECRET = "a-secret-that-portal-and-turn-share-0123"
REALM = "nearside"
FORBIDDEN = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.5.5",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.9",
    "0.0.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
)
RESERVED = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
    *("::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96", "2002::/16"),
)


def configuration() -> str:
    """The lines that the document gives operators."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found = re.search(r"```coturn\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def denied() -> list[tuple[int, int, int]]:
    """Version, first and last address of each range that the lines forbid."""
    found = []
    for said in re.findall(r"^denied-peer-ip=(\S+)$", configuration(), re.MULTILINE):
        first, _, last = said.partition("-")
        ends = [ip_network(one) for one in (first, last or first)]
        found.append((ends[0].version, int(ends[0][0]), int(ends[1][-1])))
    return found


@pytest.mark.parametrize("network", RESERVED)
def test_lines_forbid_every_network_that_is_set_aside(network: str) -> None:
    wanted = ip_network(network)
    assert any(
        version == wanted.version and first <= int(wanted[0]) and last >= int(wanted[-1])
        for version, first, last in denied()
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Debian's turnserver with these lines; answers its port."""
    directory: Path = tmp_path_factory.mktemp("turn")
    port = free_port()
    # What the document leaves to the operator: name, certificate and secret.
    lines = re.sub(
        r"^(?:static-auth-secret|realm|cert|pkey|tls-listening-port)=.*\n",
        "",
        configuration(),
        flags=re.MULTILINE,
    )
    (directory / "turnserver.conf").write_text(
        f"{lines}\nstatic-auth-secret={SECRET}\nrealm={REALM}\nlistening-ip=127.0.0.1\n"
        f"relay-ip=127.0.0.1\nlistening-port={port}\nno-tls\nno-dtls\nlog-file=stdout\n"
        f"pidfile={directory}/turn.pid\nuserdb={directory}/turn.db\n"
    )
    companion = Companion(
        [str(turnserver()), "-c", str(directory / "turnserver.conf")], log=directory / "turn.log"
    )
    deadline = time.monotonic() + 15
    while not _listens(port):
        assert companion.running, companion.tail()
        assert time.monotonic() < deadline, companion.tail()
        time.sleep(0.05)
    yield port
    companion.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def credentials(seconds: int = 600) -> dict[str, str]:
    name = f"{int(time.time()) + seconds}:x"
    code = hmac.digest(SECRET.encode(), name.encode(), "sha1")
    return {"username": name, "password": b64encode(code).decode()}


async def _permit(port: int, address: str, known: dict[str, str]) -> str:
    """Ask the server to pass something on to this address; answers what it says."""
    transport, _protocol = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol, server_addr=("127.0.0.1", port), transport="tcp", **known
    )
    try:
        inner = transport._TurnTransport__inner_protocol  # type: ignore[attr-defined]  # aioice's
        await inner.channel_bind(0x4000, (address, 4000))
    except Exception as refused:  # noqa: BLE001 - what it says is the answer
        return str(refused)
    finally:
        transport.close()
    return "bound"


@pytest.mark.parametrize("address", FORBIDDEN)
def test_nobody_is_led_into_a_network_that_is_not_public(server: int, address: str) -> None:
    said = asyncio.run(_permit(server, address, credentials()))
    assert "403" in said or "Forbidden" in said, said


def test_public_address_is_passed_on_to(server: int) -> None:
    """So that what is refused above is refused for its address alone."""
    assert asyncio.run(_permit(server, "8.8.8.8", credentials())) == "bound"
