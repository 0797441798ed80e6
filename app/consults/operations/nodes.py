"""Speaking to the media nodes: one kept connection per thread and node.

A node of this machine is named by its socket, one elsewhere by its address, reached over TLS.
Synchronous on purpose: the portal serves with threads, and a node answers in milliseconds.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

import structlog
from flask import current_app

from app.kernel.settings import RemoteNodes, Settings

ANSWER_SECONDS = 2.0
HEALTH_SECONDS = 1.0
# A node that died is there again within about a second.
RESTART_SECONDS = 1.5
KNOCK_SECONDS = 0.1
NOBODY_LISTENS = (ConnectionRefusedError, FileNotFoundError)
LARGEST_ANSWER = 262_144
NAME = re.compile(r"node-[0-9]{1,2}", re.ASCII)
log = structlog.get_logger("consults")
Answer = dict[str, object]


class NodeGone(Exception):
    """The node does not answer."""


class NodeRefused(Exception):
    """The node said no; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Health:
    """How a node does; `load` is 0 to 1."""

    node: str
    load: float
    draining: bool


class _Local(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("node", timeout=ANSWER_SECONDS)
        self._path = path

    def __del__(self) -> None:
        self.close()  # A thread that ends lets go of its connections.

    def connect(self) -> None:
        """Open the socket; raises OSError where nobody listens."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self.timeout)
        try:
            sock.connect(self._path)
        except OSError:
            sock.close()
            raise
        self.sock = sock


class _Remote(http.client.HTTPSConnection):
    """HTTP over TLS, each side proving itself by a certificate."""

    def __init__(self, address: str, nodes: RemoteNodes) -> None:
        host, _, port = address.rpartition(":")
        context = _mutual(nodes)
        super().__init__(host.strip("[]"), int(port), timeout=ANSWER_SECONDS, context=context)

    def __del__(self) -> None:
        self.close()


@lru_cache
def _mutual(nodes: RemoteNodes) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(nodes.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(str(nodes.certificate), str(nodes.key))
    return context


class _Kept(threading.local):
    """The open connections of one thread, by socket or address."""

    def __init__(self) -> None:
        self.connections: dict[str, http.client.HTTPConnection] = {}


_kept = _Kept()


def are_wanted() -> bool:
    """Whether this portal is told of media nodes at all."""
    settings = _settings()
    told = settings.media_control is not None or settings.media_remote is not None
    return told and bool(settings.media_secret)


def names() -> list[str]:
    """The nodes that have a socket on this machine, and those elsewhere."""
    if not are_wanted():
        return []
    control, remote = _settings().media_control, _settings().media_remote
    here = sorted(path.stem for path in control.glob("node-*.sock")) if control else []
    return [*here, *(remote.addresses if remote else ())]


def health(node: str) -> Health:
    """How one node does; raises NodeGone, at once where nobody listens."""
    said = _request(node, ("GET", "/health", None), HEALTH_SECONDS, wait=0.0)
    load = said.get("load")
    busy = float(load) if isinstance(load, int | float) else 1.0
    return Health(node, busy, said.get("draining") is True)


def least_loaded(*, but: str | None = None) -> str | None:
    """The node with the most room for a new call, or None where there is none."""
    found = []
    for node in names():
        try:
            one = health(node)
        except (NodeGone, NodeRefused):
            continue
        if node != but and not one.draining:
            found.append(one)
    return min(found, key=lambda one: one.load).node if found else None


def ask(node: str, method: str, path: str, **body: object) -> Answer:
    """One request; raises NodeGone when it stays unanswered, NodeRefused when the node says no."""
    sent = json.dumps(body).encode() if body else None
    return _request(node, (method, path, sent), ANSWER_SECONDS, wait=RESTART_SECONDS)


def _request(
    node: str, what: tuple[str, str, bytes | None], seconds: float, *, wait: float
) -> Answer:
    """Send it, and once more where the connection broke, as it does when a node is started anew.

    A node that has died has forgotten the first; one that is only slow is not asked twice. Where
    nobody listens it is tried again for `wait` seconds.
    """
    where, until, broke = _where(node), time.monotonic() + wait, False
    while True:
        try:
            return _once(where, what, seconds)
        except TimeoutError:
            break
        except NOBODY_LISTENS:
            if time.monotonic() >= until:
                break
            time.sleep(KNOCK_SECONDS)
        except (OSError, http.client.HTTPException):
            if broke:
                break
            broke = True
    log.warning("media_node_gone", kind=what[0])
    raise NodeGone(node)


def _once(where: str, what: tuple[str, str, bytes | None], seconds: float) -> Answer:
    connection = _kept.connections.get(where) or _kept.connections.setdefault(where, _new(where))
    connection.timeout = seconds
    if connection.sock is not None:
        connection.sock.settimeout(seconds)
    try:
        connection.request(*what)
        answer = connection.getresponse()
        said = json.loads(answer.read(LARGEST_ANSWER))
    except ValueError:
        _drop(where)
        raise http.client.HTTPException("no answer in JSON") from None
    except (OSError, http.client.HTTPException):
        _drop(where)
        raise
    if answer.status != HTTPStatus.OK or not isinstance(said, dict):
        raise NodeRefused(str(said.get("refused")) if isinstance(said, dict) else "")
    return said


def _new(where: str) -> http.client.HTTPConnection:
    remote = _settings().media_remote
    if remote is not None and where in remote.addresses:
        return _Remote(where, remote)
    return _Local(where)


def _drop(where: str) -> None:
    _kept.connections.pop(where).close()


def _where(node: str) -> str:
    """The node's socket or address; what is neither answers nobody."""
    control, remote = _settings().media_control, _settings().media_remote
    if remote is not None and node in remote.addresses:
        return node
    if control is None or NAME.fullmatch(node) is None:
        raise NodeGone(node)
    return str(control / f"{node}.sock")


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
