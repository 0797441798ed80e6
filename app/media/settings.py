"""What the node is told from outside: environment variables, read once.

The island reads them by itself; the portal's own reader knows the names but not the meanings.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "NEARSIDE_" + "MEDIA_"  # In two parts: whole, it would read as a setting of its own.
# The portal reads these; both may be started from one environment.
OF_THE_PORTAL = frozenset(
    {
        "NEARSIDE_MEDIA_NODES",
        "NEARSIDE_MEDIA_NODES_CA",
        "NEARSIDE_MEDIA_CLIENT_CERTIFICATE",
        "NEARSIDE_MEDIA_CLIENT_KEY",
    }
)
SECRET_MIN_CHARACTERS = 32
SECRET_MIN_DIFFERENT = 10  # Fewer were typed by a person, not drawn at random.
LARGEST_PORT = 65_535
MOST_PROCESSES = 64
# What a Unix socket's path may be long; the last name that a node gives its own is counted in.
LONGEST_SOCKET_PATH = 107
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # names the wildcards, to refuse them


class MediaSettingsError(RuntimeError):
    """The environment does not describe a node; the message lists every reason."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Control from another machine: only clients whose certificate this authority signed."""

    host: str
    port: int
    certificate: Path
    key: Path
    client_ca: Path


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Everything a node can be told. See docs/settings.md for the table.

    `udp_port` is that of the first node, the next one takes the next; 0 lets the system choose.
    `addresses` are told to browsers; none means: those that this machine finds.
    """

    control: Path
    secret: bytes
    tls: Tls | None = None
    bind: str = "0.0.0.0"  # noqa: S104  # browsers come from anywhere; ICE asks for a password
    udp_port: int = 0
    addresses: tuple[str, ...] = ()
    processes: int = 1
    recordings: Path = Path("recordings")
    max_legs: int = 200
    drain_seconds: int = 3600

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> NodeSettings:
        """Read the node's variables; raises MediaSettingsError naming every problem."""
        read = _Reader(environ)
        instance = Path(read.text("NEARSIDE_INSTANCE", "instance"))
        settings = cls(
            control=Path(read.text("NEARSIDE_MEDIA_CONTROL", f"{instance}/media")).resolve(),
            secret=read.secret("NEARSIDE_MEDIA_SECRET"),
            tls=_tls(read),
            bind=read.address("NEARSIDE_MEDIA_BIND", "0.0.0.0"),  # noqa: S104  # as above
            udp_port=read.count("NEARSIDE_MEDIA_UDP_PORT", 0, LARGEST_PORT),
            addresses=_addresses(read),
            processes=read.count("NEARSIDE_MEDIA_PROCESSES", os.cpu_count() or 1, MOST_PROCESSES),
            recordings=Path(
                read.text("NEARSIDE_MEDIA_RECORDINGS", f"{instance}/recordings")
            ).resolve(),
            max_legs=read.count("NEARSIDE_MEDIA_MAX_LEGS", 200, 10_000),
            drain_seconds=read.count("NEARSIDE_MEDIA_DRAIN_SECONDS", 3600, 86_400),
        )
        problems = [*read.problems, *read.unknown(), *settings.problems()]
        if problems:
            raise MediaSettingsError("The media node will not start:\n- " + "\n- ".join(problems))
        return settings

    def problems(self) -> list[str]:
        """Every reason not to start, in words for the operator."""
        found = []
        text = self.secret.decode(errors="replace")
        if len(text) < SECRET_MIN_CHARACTERS or len(set(text)) < SECRET_MIN_DIFFERENT:
            found.append(
                "NEARSIDE_MEDIA_SECRET is missing or weak: use 32 random characters or more,"
                " the same for the portal and its nodes."
            )
        if self.processes < 1 or self.max_legs < 1:
            found.append("NEARSIDE_MEDIA_PROCESSES and NEARSIDE_MEDIA_MAX_LEGS must be 1 or more.")
        if self.udp_port and self.udp_port + self.processes - 1 > LARGEST_PORT:
            found.append("NEARSIDE_MEDIA_UDP_PORT leaves no port for the last node.")
        if (
            self.tls is None
            and len(str(self.socket(MOST_PROCESSES)).encode()) > LONGEST_SOCKET_PATH
        ):
            found.append("NEARSIDE_MEDIA_CONTROL is too long a path for a socket.")
        return found

    def socket(self, node: int) -> Path:
        """Where this node is controlled from on its own machine."""
        return self.control / f"node-{node}.sock"

    def port(self, node: int) -> int:
        """The UDP port of this node; 0 lets the system choose."""
        return self.udp_port + node if self.udp_port else 0


def _tls(read: _Reader) -> Tls | None:
    address = read.text("NEARSIDE_MEDIA_TLS_ADDRESS")
    files = {
        name: read.file(name)
        for name in (
            "NEARSIDE_MEDIA_TLS_CERTIFICATE",
            "NEARSIDE_MEDIA_TLS_KEY",
            "NEARSIDE_MEDIA_TLS_CLIENT_CA",
        )
    }
    given = [path for path in files.values() if path is not None]
    if not address and not given:
        return None
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) <= LARGEST_PORT):
        read.problems.append("NEARSIDE_MEDIA_TLS_ADDRESS must be host:port.")
        return None
    if len(given) < len(files):
        missing = ", ".join(name for name, path in files.items() if path is None)
        read.problems.append(f"NEARSIDE_MEDIA_TLS_ADDRESS needs these files as well: {missing}.")
        return None
    return Tls(host.strip("[]"), int(port), *given)


def _addresses(read: _Reader) -> tuple[str, ...]:
    text = read.text("NEARSIDE_MEDIA_ADDRESSES")
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for one in found:
        if not _is_address(one) or one in ANYWHERE:
            read.problems.append(f"NEARSIDE_MEDIA_ADDRESSES: {one!r} is no address to send to.")
    return found


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class _Reader:
    """What the environment says; what it says wrongly goes to `problems`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._asked = set(OF_THE_PORTAL)
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        self._asked.add(name)
        return self._environ.get(name, "").strip() or default

    def count(self, name: str, default: int, most: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most:
            return int(text)
        self.problems.append(f"{name} must be a whole number from 0 to {most}; it is {text!r}.")
        return default

    def address(self, name: str, default: str) -> str:
        text = self.text(name, default)
        if not _is_address(text):
            self.problems.append(f"{name} must be an IP address; it is {text!r}.")
        return text

    def file(self, name: str) -> Path | None:
        text = self.text(name)
        if text and not Path(text).is_file():
            self.problems.append(f"{name} is no file that can be read.")
        return Path(text) if text else None

    def secret(self, name: str) -> bytes:
        path, plain = self.text(f"{name}_FILE"), self.text(name)
        if not path:
            return plain.encode()
        try:
            return Path(path).read_text(encoding="utf-8").strip().encode()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}_FILE cannot be read: {type(error).__name__}.")
            return b""

    def unknown(self) -> list[str]:
        return [
            f"{name} is not a setting of the media node."
            for name in sorted(self._environ)
            if name.startswith(PREFIX) and name not in self._asked
        ]
