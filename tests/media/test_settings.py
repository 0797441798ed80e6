"""What a node is told: sane by default, and every mistake named at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.kernel.settings import Settings
from app.kernel.variables import OF_THE_MEDIA_NODE
from app.media.settings import OF_THE_PORTAL, MediaSettingsError, NodeSettings

SECRET = "d9Jq-6Zr2mXw8Ty4KvBn0PsLhFgUcEa1"
TLS = ("CERTIFICATE", "KEY", "CLIENT_CA")


def read(tmp_path: Path, **changed: str | None) -> NodeSettings:
    environ = {"SECRET": SECRET, "CONTROL": str(tmp_path), **changed}
    named = {f"NEARSIDE_MEDIA_{name}": text for name, text in environ.items() if text is not None}
    return NodeSettings.from_environment({**named, "NEARSIDE_PORT": "8000", "PATH": ""})


def test_a_secret_is_enough(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.secret == SECRET.encode()
    assert found.processes >= 1
    assert found.tls is None
    assert found.socket(0) == tmp_path / "node-0.sock"
    assert (found.port(0), found.port(3)) == (0, 0)
    assert found.addresses == ()


def test_everything_can_be_told(tmp_path: Path) -> None:
    for name in TLS:
        (tmp_path / name).touch()
    found = read(
        tmp_path,
        TLS_ADDRESS="[::1]:7000",
        BIND="192.0.2.1",
        UDP_PORT="4000",
        ADDRESSES="192.0.2.1, 2001:db8::1",
        PROCESSES="2",
        RECORDINGS="/srv/recordings",
        MAX_LEGS="10",
        DRAIN_SECONDS="0",
        **{f"TLS_{name}": str(tmp_path / name) for name in TLS},
    )
    assert found.tls is not None
    assert (found.tls.host, found.tls.port) == ("::1", 7000)
    assert found.tls.client_ca == tmp_path / "CLIENT_CA"
    assert found.addresses == ("192.0.2.1", "2001:db8::1")
    assert (found.port(0), found.port(1)) == (4000, 4001)
    assert (found.processes, found.max_legs, found.drain_seconds) == (2, 10, 0)
    assert found.recordings == Path("/srv/recordings")


def test_the_secret_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert read(tmp_path, SECRET=None, SECRET_FILE=str(file)).secret == SECRET.encode()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET": None}, "SECRET is missing"),
        ({"SECRET": "a" * 64}, "SECRET is missing or weak"),
        ({"SECRET_FILE": "/nowhere/at/all"}, "SECRET_FILE cannot be read"),
        ({"UDP_PORT": "70000"}, "UDP_PORT must be a whole number"),
        ({"UDP_PORT": "65535", "PROCESSES": "2"}, "UDP_PORT leaves no port"),
        ({"PROCESSES": "0"}, "PROCESSES"),
        ({"PROCESSES": "65"}, "PROCESSES"),
        ({"PROCESSES": "9" * 5000}, "PROCESSES"),
        ({"MAX_LEGS": "-1"}, "MAX_LEGS"),
        ({"MAX_LEGS": "³"}, "MAX_LEGS"),
        ({"BIND": "localhost"}, "BIND must be an IP address"),
        ({"ADDRESSES": "care.example"}, "ADDRESSES: 'care.example'"),
        ({"ADDRESSES": "192.0.2.1,0.0.0.0"}, "ADDRESSES: '0.0.0.0'"),
        ({"CONTROL": "/srv/" + "x" * 100}, "CONTROL is too long"),
        ({"TLS_ADDRESS": "127.0.0.1:7000"}, "TLS_ADDRESS needs these files"),
        ({"TLS_ADDRESS": "127.0.0.1"}, "TLS_ADDRESS must be host:port"),
        ({"TLS_KEY": "/nowhere/at/all"}, "TLS_KEY is no file"),
        ({"PROCESS": "2"}, "PROCESS is not a setting"),
    ],
    ids=lambda part: part if isinstance(part, str) else str(part)[:60],
)
def test_a_node_that_is_told_nonsense_does_not_start_and_says_why(
    tmp_path: Path, changed: dict[str, str | None], named: str
) -> None:
    with pytest.raises(MediaSettingsError, match=re.escape(named)):
        read(tmp_path, **changed)


def test_every_mistake_is_named_at_once_and_the_secret_is_not(tmp_path: Path) -> None:
    with pytest.raises(MediaSettingsError) as refused:
        read(tmp_path, SECRET="hunter2-hunter2", UDP_PORT="x", BIND="y", ADDRESSES="z", SIZE="1")
    said = str(refused.value)
    assert all(name in said for name in ("SECRET", "UDP_PORT", "BIND", "ADDRESSES", "SIZE"))
    assert "hunter2" not in said


def test_the_portal_knows_every_name_of_the_node_s(tmp_path: Path) -> None:
    """Both read one environment, and each refuses names that nobody asks for."""
    source = (Path(__file__).parents[2] / "app/media/settings.py").read_text()
    names = set(re.findall(r'"(NEARSIDE_MEDIA_[A-Z_]*[A-Z])"', source))
    shared = {f"NEARSIDE_MEDIA_{name}" for name in ("SECRET", "CONTROL", "RECORDINGS")}
    assert set(OF_THE_MEDIA_NODE) == names - shared - OF_THE_PORTAL
    everything = dict.fromkeys(names, "") | {"NEARSIDE_MEDIA_SECRET": SECRET}
    environ = {"NEARSIDE_ENVIRONMENT": "test", "NEARSIDE_INSTANCE": str(tmp_path), **everything}
    portal, node = Settings.from_environment(environ), NodeSettings.from_environment(environ)
    assert portal.media_control == node.control
    assert portal.media_recordings == node.recordings
    assert portal.media_secret.encode() == node.secret
