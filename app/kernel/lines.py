"""Lines to other machines: in production each is sealed, and proves who answers at its end."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

# A socket file, or this very machine: nothing travels.
OWN_MACHINE = frozenset({"", "localhost", "127.0.0.1", "::1"})
# libpq's word for: TLS, from an authority we know, and for the host that was asked.
SEALED = "verify-full"
# redis-py checks both unless its address says otherwise.
CHECKS = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
# What comes with an installation is known to everybody.
GIVEN_AWAY = frozenset({"postgres", "redis", "password", "admin", "root", "secret", "changeme"})

DATABASE_OPEN = (
    "NEARSIDE_DATABASE_URL leads to another machine: add ?sslmode=verify-full, so that the line is"
    " sealed and the database proves itself."
)
DATABASE_KEY = "NEARSIDE_DATABASE_URL has a password that everybody knows: choose one at random."
REDIS_OPEN = "NEARSIDE_REDIS_URL leads to another machine: it must begin with rediss://."
REDIS_UNCHECKED = "NEARSIDE_REDIS_URL must not switch off the check of the certificate."
REDIS_KEY = "NEARSIDE_REDIS_URL leads to another machine: it needs a password chosen at random."


def problems(database_url: str, redis_url: str | None) -> list[str]:
    """What is unsafe about the lines to the database and to Redis, in words for the operator."""
    return [*_of_database(database_url), *(_of_redis(redis_url) if redis_url else [])]


def _of_database(text: str) -> list[str]:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return []  # That it is no address at all is said elsewhere.
    if url.get_backend_name() != "postgresql":
        return []
    found = []
    if not _is_near(url) and url.query.get("sslmode") != SEALED:
        found.append(DATABASE_OPEN)
    if url.password is not None and _is_given_away(str(url.password), url.username):
        found.append(DATABASE_KEY)
    return found


def _is_near(url: URL) -> bool:
    host = url.host or str(url.query.get("host", ""))
    return host in OWN_MACHINE or host.startswith("/")


def _of_redis(text: str) -> list[str]:
    parts = urlsplit(text)
    if parts.scheme == "unix" or (parts.hostname or "") in OWN_MACHINE:
        return []
    found = []
    if parts.scheme != "rediss":
        found.append(REDIS_OPEN)
    asked = {name: value.lower() for name, value in parse_qsl(parts.query)}
    if any(asked.get(name, word) != word for name, word in CHECKS.items()):
        found.append(REDIS_UNCHECKED)
    if not parts.password or _is_given_away(unquote(parts.password), parts.username):
        found.append(REDIS_KEY)
    return found


def _is_given_away(password: str, user: str | None) -> bool:
    return password.lower() in GIVEN_AWAY or password == (user or "")
