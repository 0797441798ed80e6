"""The real web server, asked by somebody who is no browser."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.portal import Templates
from tests.support.server import Server, running

SECONDS = 5.0
# Two requests in one message, for whoever disagrees about where the first of them ends.
HIDDEN = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + HIDDEN
SMUGGLED = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "both, the other way": b"Transfer-Encoding: chunked\r\nContent-Length: 48\r\n\r\n" + CHUNKED,
    "two lengths": b"Content-Length: 0\r\nContent-Length: 41\r\n\r\n" + HIDDEN,
    "no number": b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "two numbers": b"Content-Length: 0, 41\r\n\r\n" + HIDDEN,
    "less than nothing": b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "not chunked last": b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED,
    "nearly chunked": b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
    "hidden in a space": b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
    "folded": b"X-Folded: a\r\n Transfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    "a size that is none": b"Transfer-Encoding: chunked\r\n\r\n0x1\r\nA\r\n" + CHUNKED,
    "a null in a name": b"X\0: a\r\n\r\n",
    "a line end alone": b"X: a\nContent-Length: 41\r\n\r\n" + HIDDEN,
}
NOT_THERE = (
    "/.git/HEAD",
    "/.git/config",
    "/.env",
    "/.ci/run",
    "/instance/nearside.db",
    "/wsgi.py",
    "/app/__init__.py",
    "/requirements.txt",
    "/console",
    "/debug",
    "/?__debugger__=yes&cmd=resource&f=style.css",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/server-status",
    "/admin",
    "/static/",
    "/static/js/",
    "/static/../wsgi.py",
    "/static/%2e%2e/wsgi.py",
    "/static/..%2fwsgi.py",
    "/static//etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/socket.io/",
)
LEAKS = re.compile(
    r"create_app|\[core\]|ref: refs|root:x|SECRET|Traceback|Index of|Werkzeug", re.IGNORECASE
)


@pytest.fixture(scope="module")
def server(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal as production serves it, on an empty database."""
    directory: Path = tmp_path_factory.mktemp("asked")
    environment = {
        "NEARSIDE_ENVIRONMENT": "test",
        "NEARSIDE_INSTANCE": str(directory),
        "NEARSIDE_DATABASE_URL": templates.sqlite(directory / "portal.db"),
    }
    with running(environment, directory) as found:
        yield found


def said(server: Server, request: bytes) -> bytes:
    """Everything that the server answers until it hangs up, or is silent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65_536):
            answer += part
    return answer


def ask(server: Server, method: str, path: str) -> bytes:
    """One whole request of our own making."""
    host = f"localhost:{server.port}"
    return said(
        server, f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    )


@pytest.mark.parametrize("kind", SMUGGLED)
def test_nobody_can_hide_a_request_in_another(server: Server, kind: str) -> None:
    begin = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{server.port}\r\n".encode()
    answer = said(server, begin + SMUGGLED[kind])
    assert b"HTTP/1.1 200" not in answer, "the hidden request was answered"
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert statuses[-1:] in ([b"400"], [b"501"], []), answer[:200]


def test_plain_requests_are_answered_one_by_one(server: Server) -> None:
    """What the test above looks at is the disguise: two honest requests get two answers."""
    one = f"GET /health HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()
    assert said(server, one + one).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("path", NOT_THERE)
def test_nothing_beside_pages_is_served(server: Server, path: str) -> None:
    answer = ask(server, "GET", path).decode("utf-8", "replace")
    status = int(answer.split()[1])
    assert status in {303, 308, 400, 403, 404}, answer[:80]
    assert LEAKS.search(answer) is None, path


def test_requests_are_never_sent_back_as_they_came(server: Server) -> None:
    answer = said(
        server,
        f"TRACE / HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
        "Connection: close\r\nX-Canary: canary-words\r\n\r\n".encode(),
    )
    assert int(answer.split()[1]) == 405
    assert b"canary-words" not in answer


def test_server_does_not_tell_its_version(server: Server) -> None:
    for method, path in (("GET", "/sign-in"), ("GET", "/nowhere"), ("X", "/"), ("GET", "/%")):
        head = ask(server, method, path).partition(b"\r\n\r\n")[0].decode("latin-1")
        assert re.search(r"(?:gunicorn|python|werkzeug)/\d", head, re.IGNORECASE) is None, head


def test_plain_http_is_not_quietly_led_to_https(server: Server) -> None:
    """The proxy before the portal does that for pages; what scripts ask for must fail instead."""
    for path in ("/socket.io/?EIO=4&transport=websocket", "/messages/since?after=0", "/health"):
        answer = ask(server, "GET", path).decode("latin-1")
        assert "https://" not in answer.partition("\r\n\r\n")[0].replace("wss://", ""), path


def test_address_that_is_longer_than_any_of_ours_is_refused(server: Server) -> None:
    answer = ask(server, "GET", "/" + "x" * 10_000)
    assert int(answer.split()[1]) in {400, 414}


def test_fresh_portal_knows_nobody(server: Server) -> None:
    """No account is there before somebody makes one: neither root nor admin can sign in."""
    with sqlite3.connect(server.companion.log.parent / "portal.db") as connection:
        (people,) = connection.execute("SELECT count(*) FROM person").fetchone()
    connection.close()
    assert people == 0
