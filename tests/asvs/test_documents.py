"""What docs/security.md states in numbers and names is what the program does."""

from __future__ import annotations

import re
import sys
from datetime import timedelta

from sqlalchemy.pool import QueuePool

from app.accounts import rules as signing
from app.consults.operations import nodes
from app.kernel import db, jobs, live, mail
from app.kernel.actor import FRESH_FOR, Role
from app.kernel.limits import Limit
from app.kernel.settings import Environment
from app.web import fields, shell
from tests.doors.walk import application
from tests.structure.tree import ROOT
from tests.support.portal import settings

SPANS = {
    timedelta(minutes=1): "a minute",
    timedelta(minutes=5): "5 minutes",
    timedelta(minutes=15): "15 minutes",
    timedelta(hours=1): "an hour",
    timedelta(days=1): "a day",
    timedelta(days=7): "7 days",
}


def section(title: str) -> str:
    """The words below one heading."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def table(title: str) -> dict[str, str]:
    """The rows of a section's tables: the first cell, and the rest of the row."""
    rows = re.findall(r"^\| ([^|]+?) \| (.+) \|$", section(title), re.MULTILINE)
    return {first.strip("`"): rest for first, rest in rows if first != "---"}


def limits() -> dict[str, Limit]:
    """Every limit that the program counts, by its name."""
    application(Environment.DEMO)  # Opening the rooms loads all of them.
    return {
        held.name: held
        for name, module in sys.modules.items()
        if name.startswith("app.")
        for held in vars(module).values()
        if isinstance(held, Limit)
    }


def in_words(limit: Limit) -> str:
    return ", ".join(f"{times} in {SPANS[length]}" for times, length in limit.windows)


def test_every_limit_is_in_the_table_with_its_numbers() -> None:
    written = {name: rest.partition(" | ")[0] for name, rest in table("Limits").items()}
    assert {name: in_words(one) for name, one in limits().items()} == {
        name: text for name, text in written.items() if name != "limit"
    }


def test_what_people_may_enter_is_what_the_code_takes() -> None:
    rows = table("What people may enter")
    for name, said in (
        ("one line of text", f"at most {fields.LONGEST_LINE} characters"),
        ("several lines", f"at most {fields.LONGEST_TEXT} characters"),
        ("a whole form", f"at most {shell.LARGEST_FORM} bytes"),
        (
            "a password",
            f"{signing.PASSWORD_MIN_CHARACTERS} to {signing.PASSWORD_MAX_CHARACTERS} char",
        ),
        (
            "a recovery code",
            f"{signing.RECOVERY_GROUPS * signing.RECOVERY_GROUP_CHARACTERS} characters",
        ),
        ("a live event", f"at most {live.LARGEST_MESSAGE} bytes"),
    ):
        assert said in rows[name], name


def test_every_length_of_a_session_is_the_one_in_the_code() -> None:
    rows = table("Sessions")
    for name, length in (
        ("a patient's session rests", signing.IDLE_PATIENT),
        ("a session of staff rests", signing.IDLE_STAFF),
        ("a password that waits for its code", signing.HALF_WAY),
        ("a fresh factor", FRESH_FOR),
        ("the warning before a rest ends", signing.WARNED_BEFORE),
    ):
        assert rows[name] == f"{int(length.total_seconds() // 60)} minutes", name
    many = f"signed in {signing.MOST_SESSIONS} times at once"
    assert many in " ".join(section("Sessions").split())
    assert rows["any session in all"] == f"{signing.LONGEST_SESSION // timedelta(hours=1)} hours"


def test_every_role_is_in_the_table() -> None:
    assert set(table("Who may do what")) - {"role"} == {role.value for role in Role}


def test_the_pools_and_times_are_those_of_the_code(postgres_url: str) -> None:
    text = section("Lines to others")
    known = settings("sqlite:///x", ROOT, Environment.TEST)
    assert f"{known.threads} threads in a process, {known.max_sockets} of them sockets" in text
    engine = db._postgresql_engine(postgres_url)
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    most = pool.size() + pool._max_overflow
    assert f"{most} connections in a process, {int(pool.timeout())} s for one" in text
    with engine.connect() as connection:
        waits = [
            connection.exec_driver_sql(f"SHOW {one}").scalar_one()
            for one in ("statement_timeout", "lock_timeout")
        ]
    engine.dispose()
    assert waits == ["10s", "3s"]
    assert "a statement 10 s, a lock 3 s" in text
    assert f"one writer, {int(db.GATE_SECONDS)} s for its turn" in text
    assert f"{mail.PATIENCE_SECONDS} s, then again later, {jobs.MOST_ATTEMPTS} times" in text
    assert (timedelta(seconds=1), timedelta(hours=1)) == (jobs.FIRST_RETRY, jobs.LONGEST_RETRY)
    assert f"{int(nodes.ANSWER_SECONDS)} s, then another node" in text


def test_sockets_say_as_much_as_is_written() -> None:
    known = settings("sqlite:///x", ROOT, Environment.TEST)
    said = (
        f"{known.max_sockets} live sockets, {known.max_sockets_per_person} for one person; a socket"
        f" may say {int(live.EVENTS_PER_SECOND)} things a second, {int(live.EVENTS_BURST)} at once"
    )
    assert said in " ".join(section("Limits").split())
