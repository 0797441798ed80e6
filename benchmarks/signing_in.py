"""`make bench-sign-in`: signing in while strangers hold sockets, and what a refusal gives away.

Sign-ins begin ten times a second, whether or not the ones before are done, and each is timed from
the moment at which it should have begun.
"""

from __future__ import annotations

import http.client
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from itertools import count, cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from argon2 import profiles

from app.accounts import operations as accounts
from app.accounts.operations import failures, passwords
from app.accounts.operations.regaining import ASKS, ask
from app.demo.rules import PASSWORD
from app.kernel.actor import Role
from app.kernel.crypto import normal
from app.kernel.refusal import Refusal
from app.kernel.settings import Environment
from benchmarks.figures import Figure, beside
from benchmarks.holding import HELD, holding
from benchmarks.report import report
from tests.support import clinic
from tests.support.portal import Portal, Templates

PER_SECOND = 10
SECONDS = 15
ROUNDS = 3
TURNS = 60
PARALLEL = 40
AIM = 2.0
ALIKE = 1.1
HIDDEN = re.compile(r'name="(csrf_token|form_key|next)" [^>]*?value="([^"]*)"')
GHOST = "ghost@nearside.test"
REMARK = (
    f"with two cores shared by the server and those who ask. Held are {HELD} sockets of an"
    " anonymous client, silent ones and refused upgrades, fifty new ones a second. The second part"
    " times wrong passwords and requests to get back in, in turn for an address that somebody has"
    " and for one that nobody has."
)


def main() -> int:
    """Measure both; write the table to docs/benchmarks-sign-in.md."""
    parts = (crowded(), alike())
    return 1 if report("make bench-sign-in", "benchmarks-sign-in.md", REMARK, parts) else 0


def crowded() -> Iterator[Figure]:
    """The slowest twentieth of sign-ins, with and without the sockets, in turn."""
    with clinic.opened() as ours:
        port, emails = ours.server.port, _people(ours)
        quiet, held = [], []
        for _ in range(ROUNDS + 1):
            quiet.append(_p95(_stream(port, emails)))
            with holding(port):
                held.append(_p95(_stream(port, emails)))
    ratio = median(a / b for a, b in zip(held[1:], quiet[1:], strict=True))
    name = f"sign-in p95 at {PER_SECOND} a second while sockets are held, without them"
    yield Figure(
        name, "ms", median(held[1:]), median(quiet[1:]), ratio, aim=AIM, more_is_better=False
    )


def _people(ours: clinic.Clinic) -> list[str]:
    """As many as sign in at the same moment: tries of one person at once are held against them."""
    emails = [f"person{number}@demo.nearside" for number in range(PARALLEL)]
    with ours.app.app_context():
        for email in emails:
            accounts.create_person(
                email=email, name="Somebody", role=Role.PATIENT, password=PASSWORD, zone="UTC"
            )
    return emails


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000


def _stream(port: int, emails: list[str]) -> list[float]:
    """Ten sign-ins a second, in turn of each of these people; seconds each one took."""
    people = cycle(emails)
    begin = time.monotonic() + 0.2

    def at(turn: int, email: str) -> float:
        due = begin + turn / PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        _sign_in(port, email)
        return time.monotonic() - due

    with ThreadPoolExecutor(PARALLEL) as pool:
        turns = range(SECONDS * PER_SECOND)
        return list(pool.map(at, turns, [next(people) for _ in turns]))


def _sign_in(port: int, email: str) -> None:
    """The page, then the password; raises where that does not lead to the second step."""
    headers = {"Host": f"localhost:{port}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sign-in", headers=headers)
    answer = connection.getresponse()
    cookies = SimpleCookie(answer.getheader("Set-Cookie", ""))
    headers["Cookie"] = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
    headers["Origin"] = f"http://localhost:{port}"
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    fields = dict(HIDDEN.findall(answer.read().decode()))
    body = urlencode(fields | {"email": email, "password": PASSWORD})
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if "/sign-in/code" not in answer.getheader("Location", ""):
        raise RuntimeError(f"signing in answered {answer.status}")


def alike() -> Iterator[Figure]:
    """How long a refusal takes for an address that somebody has, and for one that nobody has."""
    passwords.HASHING = profiles.RFC_9106_LOW_MEMORY
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        url = Templates(directory).sqlite(directory / "portal.db")
        portal = Portal(url, directory, Environment.TEST, waits=True)
        ana = portal.person(Role.PATIENT)
        with portal.inside():
            yield from _compare("wrong password", ana.email, _refused)
            yield from _compare("asking to get back in", ana.email, _asked)
        portal.close()


def _compare(name: str, email: str, act: Callable[[str, str], None]) -> Iterator[Figure]:
    known: list[float] = []
    unknown: list[float] = []
    numbers = count(1)
    for _ in range(TURNS + 1):
        for who, times in ((email, known), (GHOST, unknown)):
            number = next(numbers)
            began = time.perf_counter()
            act(who, f"198.51.{number // 250}.{number % 250}")
            times.append((time.perf_counter() - began) * 1000)
            for one in (failures.PASSWORD_TRIES, failures.STREAKS[failures.PASSWORD]):
                one.forget(normal(who))
            ASKS.give_back(normal(who))
    known, unknown = known[1:], unknown[1:]
    for part, share in (("median", 50), ("p5", 5), ("p95", 95)):
        ours, rival = (quantiles(side, n=100)[share - 1] for side in (known, unknown))
        aim = ALIKE if part == "median" else None
        said = f"{name}, {part}: somebody's address, nobody's"
        yield beside(said, "ms", ours, rival, aim=aim, more_is_better=False)


def _refused(email: str, address: str) -> None:
    try:
        accounts.check_password(email, "not the right one", address)
    except Refusal:
        return
    raise RuntimeError("a wrong password was let in")


def _asked(email: str, address: str) -> None:
    ask(email, address)


if __name__ == "__main__":
    sys.exit(main())
