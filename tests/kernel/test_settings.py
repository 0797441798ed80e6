"""Settings: read once, sane by default, and a production that refuses to start unsafe."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.kernel.settings import Environment, Settings, SettingsError

SECRET = "d9Jq-6Zr2mXw8Ty4KvBn0PsLhFgUcEa1"
KEY = bytes(range(32)).hex()
SAFE = {
    "NEARSIDE_SECRET_KEY": SECRET,
    "NEARSIDE_DATA_KEYS": f"k1:{KEY}",
    "NEARSIDE_ORIGIN": "https://portal.example",
}


def read(tmp_path: Path, **changed: str | None) -> Settings:
    environ = {**SAFE, "NEARSIDE_INSTANCE": str(tmp_path), **changed}
    return Settings.from_environment({k: v for k, v in environ.items() if v is not None})


def test_safe_production_starts(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.environment is Environment.PRODUCTION
    assert found.production
    assert not found.demo
    assert not found.debug
    assert found.hosts == ("portal.example",)
    assert found.database_url == f"sqlite:///{tmp_path}/nearside.db"
    assert found.web_processes == 1
    assert found.run_jobs


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"NEARSIDE_SECRET_KEY": None}, "NEARSIDE_SECRET_KEY"),
        ({"NEARSIDE_SECRET_KEY": "short"}, "NEARSIDE_SECRET_KEY"),
        ({"NEARSIDE_SECRET_KEY": "a" * 64}, "NEARSIDE_SECRET_KEY"),
        ({"NEARSIDE_DATA_KEYS": None}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": "k1:" + "00" * 32}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": "k1:" + "ab" * 16}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": KEY}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": f"much-too-long:{KEY}"}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": "k1:not hex"}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_DATA_KEYS": f"k1:{KEY},k1:{KEY}"}, "NEARSIDE_DATA_KEYS"),
        ({"NEARSIDE_MEDIA_SECRET": "a" * 64}, "NEARSIDE_MEDIA_SECRET is weak"),
        ({"NEARSIDE_MEDIA_NODES": "node.example"}, "NEARSIDE_MEDIA_NODES must be host:port"),
        ({"NEARSIDE_MEDIA_NODES": "a:1"}, "NEARSIDE_MEDIA_CLIENT_KEY is no file"),
        ({"NEARSIDE_MEDIA_PORT": "1"}, "NEARSIDE_MEDIA_PORT is not.*mean NEARSIDE_MEDIA"),
        ({"NEARSIDE_DEBUG": "1"}, "NEARSIDE_DEBUG"),
        ({"NEARSIDE_ORIGIN": "http://portal.example"}, "NEARSIDE_ORIGIN"),
        ({"NEARSIDE_ORIGIN": None}, "NEARSIDE_ORIGIN"),
        ({"NEARSIDE_ORIGIN": "https://"}, "NEARSIDE_ORIGIN"),
        ({"NEARSIDE_ORIGIN": "https://portal.example/path"}, "NEARSIDE_ORIGIN"),
        ({"NEARSIDE_HOSTS": "*"}, "NEARSIDE_HOSTS"),
        ({"NEARSIDE_HOSTS": "portal.example,*.example"}, "NEARSIDE_HOSTS"),
        ({"NEARSIDE_HOSTS": ".example"}, "NEARSIDE_HOSTS"),
        ({"NEARSIDE_WEB_PROCESSES": "2"}, "PostgreSQL, not SQLite"),
        ({"NEARSIDE_WEB_PROCESSES": "2"}, "NEARSIDE_REDIS_URL"),
        ({"NEARSIDE_WEB_PROCESSES": "many"}, "NEARSIDE_WEB_PROCESSES"),
        ({"NEARSIDE_WEB_PROCESSES": "-1"}, "NEARSIDE_WEB_PROCESSES"),
        ({"NEARSIDE_WEB_PROCESSES": "0"}, "NEARSIDE_WEB_PROCESSES"),
        ({"NEARSIDE_THREADS": "90"}, "NEARSIDE_THREADS"),
        ({"NEARSIDE_THREADS": "³"}, "NEARSIDE_THREADS"),
        ({"NEARSIDE_TURN_URLS": "turns:turn.example:443"}, "NEARSIDE_TURN_SECRET is missing"),
        ({"NEARSIDE_TURN_URLS": "https://turn.example"}, "NEARSIDE_TURN_URLS"),
        ({"NEARSIDE_TURN_SECRET": "short"}, "NEARSIDE_TURN_SECRET is weak"),
        ({"NEARSIDE_ENVIRONMENT": "prod"}, "NEARSIDE_ENVIRONMENT"),
        ({"NEARSIDE_SECRET_KEY_FILE": "/nowhere/at/all"}, "NEARSIDE_SECRET_KEY_FILE"),
        ({"NEARSIDE_DATABASE_URL": "nonsense"}, "NEARSIDE_DATABASE_URL"),
        ({"NEARSIDE_DATABASE_URL": "mysql://x/y"}, "NEARSIDE_DATABASE_URL"),
        ({"NEARSIDE_DATABASE_URL": "postgres://db/nearside"}, "NEARSIDE_DATABASE_URL"),
        ({"NEARSIDE_DATABASE_URL": "postgresql+psycopg://db"}, "NEARSIDE_DATABASE_URL"),
        ({"NEARSIDE_DATABASE_URL": "sqlite://"}, "NEARSIDE_DATABASE_URL"),
        ({"NEARSIDE_RUN_JOBS": "sometimes"}, "NEARSIDE_RUN_JOBS must be 1 or 0"),
        ({"NEARSIDE_HOST": "care.example"}, "NEARSIDE_HOST is not.*mean NEARSIDE_HOSTS"),
    ],
    ids=lambda part: part if isinstance(part, str) else str(part)[:60],
)
def test_unsafe_production_does_not_start_and_says_why(
    tmp_path: Path, changed: dict[str, str | None], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        read(tmp_path, **changed)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, NEARSIDE_DEBUG="1", NEARSIDE_HOSTS="*", NEARSIDE_SECRET_KEY="x")
    said = str(refused.value)
    assert all(name in said for name in ("DEBUG", "HOSTS", "SECRET_KEY"))


def test_malformed_settings_are_named_beside_unsafe_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(
            tmp_path,
            NEARSIDE_DEBUG="1",
            NEARSIDE_THREADS="many",
            NEARSIDE_PROXIES="-1",
            NEARSIDE_DATA_KEYS="short:beef",
            NEARSIDE_ORIGINS="https://care.example",
        )
    said = str(refused.value)
    wrong = ("DEBUG", "THREADS", "PROXIES", "DATA_KEYS", "ORIGINS is not")
    assert all(name in said for name in wrong)


def test_refusal_does_not_print_the_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, NEARSIDE_SECRET_KEY="hunter2-hunter2", NEARSIDE_DATA_KEYS="k1:beefbeef")
    assert "hunter2" not in str(refused.value)
    assert "beef" not in str(refused.value)


def test_secrets_come_from_files(tmp_path: Path) -> None:
    secret, keys = tmp_path / "secret", tmp_path / "keys"
    secret.write_text(f"{SECRET}\n")
    keys.write_text(f"new:{KEY}\nold:{bytes(range(1, 33)).hex()}\n")
    secret.chmod(0o600)
    keys.chmod(0o640)
    found = read(
        tmp_path,
        NEARSIDE_SECRET_KEY=None,
        NEARSIDE_SECRET_KEY_FILE=str(secret),
        NEARSIDE_DATA_KEYS=None,
        NEARSIDE_DATA_KEYS_FILE=str(keys),
    )
    assert found.secret_key == SECRET
    assert [name for name, _ in found.data_keys] == ["new", "old"]


def test_secret_that_others_may_read_stops_the_start(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    given = {"NEARSIDE_SECRET_KEY": None, "NEARSIDE_SECRET_KEY_FILE": str(secret)}
    with pytest.raises(SettingsError, match="can be read by every account") as refused:
        read(tmp_path, **given)
    assert SECRET not in str(refused.value)


def test_demo_makes_secrets_once_and_keeps_them_to_its_owner(tmp_path: Path) -> None:
    environ = {"NEARSIDE_ENVIRONMENT": "demo", "NEARSIDE_INSTANCE": str(tmp_path / "new")}
    first = Settings.from_environment(environ)
    second = Settings.from_environment(environ)
    assert first.demo
    assert first == second
    assert len(first.secret_key) >= 32
    assert len(first.media_secret) >= 32
    for path in (tmp_path / "new").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_production_makes_no_secrets_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read(tmp_path / "new", NEARSIDE_SECRET_KEY=None)
    assert not (tmp_path / "new").exists()


def test_several_processes_start_on_postgresql_with_redis(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        NEARSIDE_WEB_PROCESSES="4",
        NEARSIDE_DATABASE_URL="postgresql+psycopg://db/nearside?sslmode=verify-full",
        NEARSIDE_REDIS_URL=f"rediss://:{SECRET}@cache/0",
    )
    assert not found.sqlite
    assert found.problems() == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [("0", False), ("", False), ("false", False), ("Off", False), (" no ", False)],
)
def test_switches_are_off_in_any_spelling_of_off(tmp_path: Path, written: str, meant: bool) -> None:
    found = read(tmp_path, NEARSIDE_DEBUG=written, NEARSIDE_RUN_JOBS=written)
    assert (found.debug, found.run_jobs) == (meant, meant)


def test_switch_is_on_in_any_spelling_of_on(tmp_path: Path) -> None:
    assert all(read(tmp_path, NEARSIDE_RUN_JOBS=word).run_jobs for word in ("1", "Yes", "true"))


def test_demo_people_live_in_a_file_of_their_own(tmp_path: Path) -> None:
    demo = read(tmp_path, NEARSIDE_ENVIRONMENT="demo", NEARSIDE_ORIGIN=None)
    assert demo.database_url != read(tmp_path).database_url
    assert demo.clinic_phone
    assert not read(tmp_path).clinic_phone


def test_refused_start_says_its_sentences_and_nothing_else(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    refused = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=root,
        env={"NEARSIDE_INSTANCE": str(tmp_path), "NEARSIDE_DEBUG": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 3  # gunicorn's word for a worker not to be started again
    assert "NEARSIDE_DEBUG must be off" in refused.stderr
    assert "Traceback" not in refused.stderr
