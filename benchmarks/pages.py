"""Pages per second and their slowest hundredth, beside a bare Flask application."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from app.kernel.actor import Role
from benchmarks.figures import Figure
from benchmarks.load import Answers, ask
from tests.support import clinic
from tests.support.clinic import Clinic
from tests.support.server import Server, running

PAGES = {"/": "home page", "/results": "results page"}
ROUNDS = 5
SECONDS = 3.0
AIM = 0.7
CONFIG = Path(__file__).with_name("bare_gunicorn.py")


def measure() -> Iterator[Figure]:
    """Requests per second and p99 of two signed-in pages, ours and the rival's in turn."""
    with clinic.opened() as ours:
        cookie = ours.cookie(Role.PATIENT)
        with _bare(ours, cookie) as rival:
            for path, name in PAGES.items():
                yield from _compare(ours, rival, path, name, cookie)


def _compare(ours: Clinic, rival: Server, path: str, name: str, cookie: str) -> Iterator[Figure]:
    host = f"localhost:{ours.server.port}"
    headers = {"Cookie": cookie, "Host": host}
    mine, theirs = [], []
    for _ in range(ROUNDS + 1):
        mine.append(ask(ours.server.port, path, headers, SECONDS))
        theirs.append(ask(rival.port, path, {}, SECONDS))
    mine, theirs = mine[1:], theirs[1:]  # The first round warms both.
    yield _rates(name, mine, theirs)
    yield _slowest(name, mine, theirs)


def _rates(name: str, mine: list[Answers], theirs: list[Answers]) -> Figure:
    ratio = median(a.per_second / b.per_second for a, b in zip(mine, theirs, strict=True))
    ours, rival = (median(one.per_second for one in side) for side in (mine, theirs))
    return Figure(
        f"{name}, bare Flask with the same queries", "requests/s", ours, rival, ratio, AIM
    )


def _slowest(name: str, mine: list[Answers], theirs: list[Answers]) -> Figure:
    ours, rival = (median(one.percentile(0.99) for one in side) for side in (mine, theirs))
    return Figure(f"{name}, p99", "ms", ours, rival, ours / rival, more_is_better=False)


@contextmanager
def _bare(ours: Clinic, cookie: str) -> Iterator[Server]:
    path: Path = ours.directory / "bare.json"
    plan = {
        "database": f"sqlite:///{ours.directory}/demo.db",
        "paths": list(PAGES),
        "cookie": cookie,
        "base": ours.environment["NEARSIDE_ORIGIN"].replace("http:", "https:"),
    }
    path.write_text(json.dumps(plan))
    environment = {**ours.environment, "BARE": str(path)}
    with running(
        environment, ours.directory, application="benchmarks.bare:app", config=CONFIG
    ) as server:
        yield server
