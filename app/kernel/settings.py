"""Typed settings, read once from the environment."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.kernel import lines
from app.kernel.variables import Variables

SECRET_MIN_CHARACTERS = 32
DATA_KEY_BYTES = 32
DEMO_PHONE = "+1 555 0100"  # Set aside for fiction by the North American Numbering Plan.
KEY_NAME_CHARACTERS = 8
# Fewer different characters or bytes than this were typed by a person, not drawn at random.
SECRET_MIN_DIFFERENT = 10
KEY_MIN_DIFFERENT = 8
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
ADDRESS = re.compile(r"(?:[A-Za-z0-9.-]{1,200}|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}", re.ASCII)


class Environment(StrEnum):
    """Which configuration runs; it is production unless something says otherwise."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(RuntimeError):
    """The environment does not describe a safe portal; the message lists every reason."""


@dataclass(frozen=True, slots=True)
class RemoteNodes:
    """Media nodes on other machines, and what proves each side to the other (PEM files)."""

    addresses: tuple[str, ...]
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the portal can be told from outside. See docs/settings.md for the table."""

    environment: Environment
    secret_key: str
    data_keys: tuple[tuple[str, bytes], ...]
    database_url: str
    origin: str
    hosts: tuple[str, ...]
    instance: Path
    debug: bool = False
    web_processes: int = 1
    threads: int = 120
    max_sockets: int = 80
    max_sockets_per_person: int = 5
    redis_url: str | None = None
    proxies: int = 0
    run_jobs: bool = True
    clinic_phone: str = ""
    sealed_calls_only: bool = False
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    mail_server: str = ""
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = ""
    media_control: Path | None = None
    media_secret: str = ""
    media_remote: RemoteNodes | None = None
    media_recordings: Path = Path("recordings")

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.environment is Environment.PRODUCTION

    @property
    def demo(self) -> bool:
        """Whether demo people, their codes and the style guide exist."""
        return self.environment is Environment.DEMO

    @property
    def sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def strict_transport(self) -> dict[str, str]:
        """The header that keeps browsers to https for a year, where people use https at all."""
        return STRICT_TRANSPORT if self.origin.startswith("https://") else {}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read NEARSIDE_* variables; outside production, missing secrets are made and kept.

        Raises SettingsError naming every problem at once.
        """
        read = Variables(environ)
        environment = _environment(read.text("NEARSIDE_ENVIRONMENT", Environment.PRODUCTION))
        instance = Path(read.text("NEARSIDE_INSTANCE", "instance")).resolve()
        port = read.count("NEARSIDE_PORT", 8000)
        origin = read.text("NEARSIDE_ORIGIN", f"http://localhost:{port}").rstrip("/")
        made = {} if environment is Environment.PRODUCTION else _kept_secrets(instance)
        settings = cls(
            environment=environment,
            secret_key=read.secret("NEARSIDE_SECRET_KEY", made),
            data_keys=_data_keys(read.secret("NEARSIDE_DATA_KEYS", made), read.problems),
            database_url=read.text("NEARSIDE_DATABASE_URL", _embedded(environment, instance)),
            origin=origin,
            hosts=_hosts(read.text("NEARSIDE_HOSTS"), origin),
            instance=instance,
            debug=read.flag("NEARSIDE_DEBUG", default=False),
            web_processes=read.count("NEARSIDE_WEB_PROCESSES", 1),
            threads=read.count("NEARSIDE_THREADS", 120),
            max_sockets=read.count("NEARSIDE_MAX_SOCKETS", 80),
            max_sockets_per_person=read.count("NEARSIDE_MAX_SOCKETS_PER_PERSON", 5),
            redis_url=read.text("NEARSIDE_REDIS_URL") or None,
            proxies=read.count("NEARSIDE_PROXIES", 0),
            run_jobs=read.flag("NEARSIDE_RUN_JOBS", default=True),
            clinic_phone=read.text("NEARSIDE_CLINIC_PHONE", _phone(environment)),
            sealed_calls_only=read.flag("NEARSIDE_SEALED_CALLS_ONLY", default=False),
            turn_urls=tuple(read.text("NEARSIDE_TURN_URLS").replace(",", " ").split()),
            turn_secret=read.secret("NEARSIDE_TURN_SECRET", {}),
            **_mail(read),
            media_control=Path(read.text("NEARSIDE_MEDIA_CONTROL", f"{instance}/media")).resolve(),
            media_secret=read.secret("NEARSIDE_MEDIA_SECRET", made),
            media_remote=_remote(read),
            media_recordings=_recordings(read, instance),
        )
        refuse([*read.problems, *read.unknown(), *settings.problems()])
        return settings

    def problems(self) -> list[str]:
        """Every reason not to start, in words for the operator."""
        found = []
        if not self.data_keys:
            found.append("NEARSIDE_DATA_KEYS is missing: write id:hex, 32 random bytes each.")
        if not _is_a_database(self.database_url):
            found.append(
                "NEARSIDE_DATABASE_URL must be sqlite:///file"
                " or postgresql+psycopg://user:password@host/name."
            )
        parts = urlsplit(self.origin)
        if self.origin != f"{parts.scheme}://{parts.netloc}":
            found.append("NEARSIDE_ORIGIN is a scheme and a host, without a path.")
        if self.web_processes < 1:
            found.append("NEARSIDE_WEB_PROCESSES must be 1 or more.")
        if self.max_sockets + 20 > self.threads:
            found.append("NEARSIDE_THREADS must exceed NEARSIDE_MAX_SOCKETS by 20 or more.")
        if self.web_processes > 1 and self.sqlite:
            found.append("Several web processes need PostgreSQL, not SQLite.")
        if self.web_processes > 1 and self.redis_url is None:
            found.append("Several web processes need NEARSIDE_REDIS_URL for live updates.")
        found += self._mail_problems() + self._turn_problems()
        return found + (self._production_problems() if self.production else [])

    def _mail_problems(self) -> list[str]:
        found = []
        if self.mail_server and ADDRESS.fullmatch(self.mail_server) is None:
            found.append("NEARSIDE_MAIL_SERVER must be host:port, such as mail.example.org:587.")
        if self.mail_user and not self.mail_password:
            found.append("NEARSIDE_MAIL_PASSWORD is missing: the password of NEARSIDE_MAIL_USER.")
        return found

    def _turn_problems(self) -> list[str]:
        found = []
        if any(not url.startswith(("turn:", "turns:")) for url in self.turn_urls):
            found.append("NEARSIDE_TURN_URLS are addresses such as turns:turn.example.org:443.")
        if self.turn_urls and not self.turn_secret:
            found.append("NEARSIDE_TURN_SECRET is missing: the secret that the TURN server has.")
        return found

    def _production_problems(self) -> list[str]:
        found = []
        if _is_weak(self.secret_key):
            found.append(
                "NEARSIDE_SECRET_KEY is missing or weak: use 32 random characters or more."
            )
        # Without one there is no media node, and calls go from browser to browser.
        if self.media_secret and _is_weak(self.media_secret):
            found.append("NEARSIDE_MEDIA_SECRET is weak: use 32 random characters or more.")
        if self.turn_secret and _is_weak(self.turn_secret):
            found.append("NEARSIDE_TURN_SECRET is weak: use 32 random characters or more.")
        if any(len(set(key)) < KEY_MIN_DIFFERENT for _, key in self.data_keys):
            found.append("NEARSIDE_DATA_KEYS holds a weak key: use random bytes.")
        if self.debug:
            found.append("NEARSIDE_DEBUG must be off.")
        if not self.origin.startswith("https://"):
            found.append("NEARSIDE_ORIGIN must be the https address people use.")
        if any("*" in host or host.startswith(".") for host in self.hosts):
            found.append("NEARSIDE_HOSTS must name hosts exactly, without wildcards.")
        return found + lines.problems(self.database_url, self.redis_url)


def refuse(problems: list[str]) -> None:
    """Raise SettingsError listing all problems, if there are any."""
    if problems:
        raise SettingsError("Nearside will not start:\n- " + "\n- ".join(problems))


def _is_weak(secret: str) -> bool:
    return len(secret) < SECRET_MIN_CHARACTERS or len(set(secret)) < SECRET_MIN_DIFFERENT


def _environment(text: str) -> Environment:
    try:
        return Environment(text)
    except ValueError:
        known = ", ".join(Environment)
        raise SettingsError(f"NEARSIDE_ENVIRONMENT must be one of {known}.") from None


def _data_keys(text: str, problems: list[str]) -> tuple[tuple[str, bytes], ...]:
    keys = []
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        name, _, digits = part.strip().partition(":")
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            key = b""
        if not name or len(name) > KEY_NAME_CHARACTERS or len(key) != DATA_KEY_BYTES:
            problems.append("NEARSIDE_DATA_KEYS: each entry is id:hex with 32 bytes of hex.")
        keys.append((name, key))
    if len({name for name, _ in keys}) != len(keys):
        problems.append("NEARSIDE_DATA_KEYS: two keys have the same id.")
    return tuple(keys)


def _recordings(read: Variables, instance: Path) -> Path:
    return Path(read.text("NEARSIDE_MEDIA_RECORDINGS", f"{instance}/recordings")).resolve()


def _mail(read: Variables) -> dict[str, str]:
    return {
        "mail_server": read.text("NEARSIDE_MAIL_SERVER"),
        "mail_user": read.text("NEARSIDE_MAIL_USER"),
        "mail_password": read.secret("NEARSIDE_MAIL_PASSWORD", {}),
        "mail_from": read.text("NEARSIDE_MAIL_FROM"),
    }


def _remote(read: Variables) -> RemoteNodes | None:
    text = read.text("NEARSIDE_MEDIA_NODES")
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    names = (
        "NEARSIDE_MEDIA_NODES_CA",
        "NEARSIDE_MEDIA_CLIENT_CERTIFICATE",
        "NEARSIDE_MEDIA_CLIENT_KEY",
    )
    files = [Path(read.text(name)) for name in names]
    if not addresses:
        return None
    if not all(ADDRESS.fullmatch(one) for one in addresses):
        read.problems.append("NEARSIDE_MEDIA_NODES must be host:port, separated by commas.")
    for name, file in zip(names, files, strict=True):
        if not file.is_file():
            read.problems.append(f"{name} is no file that can be read.")
    return RemoteNodes(addresses, *files)


def _is_a_database(url: str) -> bool:
    """Whether this is an address of an engine that the portal speaks to."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if parsed.drivername == "sqlite":
        return bool(parsed.database) and not parsed.host
    return parsed.drivername == "postgresql+psycopg" and bool(parsed.database)


def _hosts(text: str, origin: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in text.split(",") if host.strip())
    return named or (urlsplit(origin).netloc,)


def _embedded(environment: Environment, instance: Path) -> str:
    """The demo has a file of its own: production must never find its people in it."""
    name = "demo" if environment is Environment.DEMO else "nearside"
    return f"sqlite:///{instance}/{name}.db"


def _phone(environment: Environment) -> str:
    return DEMO_PHONE if environment is Environment.DEMO else ""


def _kept_secrets(instance: Path) -> dict[str, str]:
    """Make development secrets once, readable by their owner alone."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {}
    fresh = {
        "NEARSIDE_SECRET_KEY": secrets.token_urlsafe(48),
        "NEARSIDE_DATA_KEYS": f"dev:{secrets.token_hex(DATA_KEY_BYTES)}",
        "NEARSIDE_MEDIA_SECRET": secrets.token_urlsafe(48),
    }
    for name, value in fresh.items():
        path = instance / f"{name.lower()}.txt"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(value, encoding="utf-8")
        kept[name] = path.read_text(encoding="utf-8").strip()
    return kept
