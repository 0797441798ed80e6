"""What people write is found nowhere in the files of a portal: database, WAL, log or backup."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kernel.planting import PLAIN
from tests.support.packages import postgres_programs
from tests.support.portal import Templates, migrate
from tests.support.postgres import Cluster

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]


@contextmanager
def planted(url: str, directory: Path) -> Iterator[dict[str, str]]:
    """A portal on this database in which canaries were written; it goes on until the end."""
    log = directory / "portal.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.kernel.planting", url, str(directory)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    with process:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told, log.read_text()
        found = json.loads(told)
        assert found["unplanted"] == [], (
            "a sealed column in which nothing was written proves nothing"
        )
        yield found["planted"]
        process.kill()


def spelled(canary: str) -> list[bytes]:
    """The ways in which words may lie in a file."""
    plain = canary.encode()
    return [plain, plain.hex().encode(), plain.hex().upper().encode(), canary.encode("utf-16-le")]


def found(planted: dict[str, str], files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [
        (what, name)
        for name, content in files.items()
        for what, canary in planted.items()
        if any(one in content for one in spelled(canary))
    ]


def whole(files: dict[str, bytes]) -> None:
    """The right files are looked at: what is in clear is in them."""
    for name, content in files.items():
        sign = b'"event": "request"' if name.endswith(".log") else PLAIN.encode()
        assert sign in content, name


def test_nothing_that_people_wrote_is_in_the_files_of_sqlite(
    templates: Templates, tmp_path: Path
) -> None:
    url = templates.sqlite(tmp_path / "portal.db")
    with planted(url, tmp_path) as canaries:
        with sqlite3.connect(tmp_path / "portal.db") as connection:
            connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
        connection.close()
        database, wal = (tmp_path / name for name in ("portal.db", "portal.db-wal"))
        files = {
            "database": database.read_bytes() + wal.read_bytes(),
            "backup": (tmp_path / "backup.db").read_bytes(),
            "portal.log": (tmp_path / "portal.log").read_bytes(),
        }
        assert wal.stat().st_size > 100_000, "the log of the database must have been looked at"
    whole(files)
    assert len(canaries) > 12
    assert found(canaries, files) == []


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test's own: every file of it is read for every canary."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


def test_nothing_that_people_wrote_is_in_the_files_of_postgresql(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.clone("portal", lambda empty: migrate(empty, tmp_path))
    with planted(url, tmp_path) as canaries:
        dumped = subprocess.run(
            [
                *(postgres_programs() / "pg_dump", "-h", "127.0.0.1", "-p", str(cluster.port)),
                *("-U", "nearside", url.rpartition("/")[2]),
            ],
            capture_output=True,
            check=True,
        )
        files = {"backup": dumped.stdout, "portal.log": (tmp_path / "portal.log").read_bytes()}
        whole(files)
        assert found(canaries, files) == []
        assert found(canaries, cluster.files("base", "pg_wal")) == []
        signs = cluster.files("base", "pg_wal").values()
        assert sum(PLAIN.encode() in one for one in signs) > 1
    assert len(canaries) > 12


@pytest.mark.parametrize("spelling", [0, 1, 2, 3])
def test_a_canary_that_is_there_is_found(spelling: int) -> None:
    content = b"before" + spelled("canary1234")[spelling] + b"after"
    assert found({"word": "canary1234"}, {"file": content}) == [("word", "file")]
