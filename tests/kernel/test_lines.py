"""Lines to other machines: sealed, checked, with a key of their own, or nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kernel import lines
from app.kernel.settings import SettingsError
from tests.kernel.test_settings import read

RANDOM = "d9Jq-6Zr2mXw8Ty4KvBn"
DATABASE = "postgresql+psycopg://nearside:{}@{}/nearside{}"
SEALED = "?sslmode=verify-full"


@pytest.mark.parametrize(
    ("database", "redis"),
    [
        ("sqlite:////srv/nearside.db", None),
        (DATABASE.format(RANDOM, "db.example", SEALED), f"rediss://:{RANDOM}@cache.example/0"),
        (DATABASE.format(RANDOM, "127.0.0.1", ""), "redis://localhost/0"),
        (DATABASE.format(RANDOM, "[::1]", ""), "redis://127.0.0.1:6379/0"),
        ("postgresql+psycopg:///nearside?host=/run/postgresql", "unix:///run/redis.sock"),
        (
            "postgresql+psycopg://nearside@/nearside",
            f"rediss://app:{RANDOM}@cache.example?ssl_cert_reqs=required",
        ),
    ],
)
def test_sealed_and_near_lines_are_fine(database: str, redis: str | None) -> None:
    assert lines.problems(database, redis) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (DATABASE.format(RANDOM, "db.example", ""), lines.DATABASE_OPEN),
        (DATABASE.format(RANDOM, "db.example", "?sslmode=require"), lines.DATABASE_OPEN),
        (DATABASE.format(RANDOM, "db.example", "?sslmode=prefer"), lines.DATABASE_OPEN),
        (DATABASE.format(RANDOM, "10.0.0.7", ""), lines.DATABASE_OPEN),
        (DATABASE.format("postgres", "localhost", ""), lines.DATABASE_KEY),
        (DATABASE.format("nearside", "localhost", ""), lines.DATABASE_KEY),
        (DATABASE.format("Password", "db.example", SEALED), lines.DATABASE_KEY),
    ],
)
def test_open_line_to_the_database_is_named(url: str, said: str) -> None:
    assert lines.problems(url, None) == [said]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"redis://:{RANDOM}@cache.example/0", lines.REDIS_OPEN),
        ("rediss://cache.example/0", lines.REDIS_KEY),
        ("rediss://:redis@cache.example/0", lines.REDIS_KEY),
        (f"rediss://:{RANDOM}@cache.example/0?ssl_cert_reqs=none", lines.REDIS_UNCHECKED),
        (f"rediss://:{RANDOM}@cache.example/0?ssl_check_hostname=false", lines.REDIS_UNCHECKED),
    ],
)
def test_open_line_to_redis_is_named(url: str, said: str) -> None:
    assert lines.problems("sqlite:////srv/nearside.db", url) == [said]


def test_production_does_not_start_over_an_open_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="verify-full") as refused:
        read(tmp_path, NEARSIDE_DATABASE_URL=DATABASE.format(RANDOM, "db.example", ""))
    assert RANDOM not in str(refused.value)


def test_portal_that_is_only_tried_out_may(tmp_path: Path) -> None:
    url = DATABASE.format(RANDOM, "db.example", "")
    assert read(tmp_path, NEARSIDE_ENVIRONMENT="demo", NEARSIDE_DATABASE_URL=url).demo
