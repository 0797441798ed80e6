"""The tests' own machinery: databases that are apart, servers that end, counts that add up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support import counts, packages
from tests.support.browser import Visitors
from tests.support.companion import Companion
from tests.support.postgres import Cluster
from tests.support.server import ROOT, DidNotStart, running

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'
HOLD_A_COMPANION = """
import sys, time
from pathlib import Path
from tests.support.companion import Companion
Companion(["sleep", "600"], log=Path(sys.argv[1]))
time.sleep(600)
"""


def write_table(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE visit (name TEXT)"))
        connection.execute(text("INSERT INTO visit VALUES ('first')"))
    engine.dispose()


def names(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.begin() as connection:
        found = list(connection.execute(text("SELECT name FROM visit")).scalars())
    engine.dispose()
    return found


def test_each_engine_gives_a_database_that_keeps_what_is_written(engine_url: str) -> None:
    write_table(engine_url)
    assert names(engine_url) == ["first"]


def test_a_prepared_database_is_copied_and_the_copies_are_apart(postgres: Cluster) -> None:
    first, second = (postgres.clone("visits", write_table) for _ in range(2))
    engine = create_engine(first)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM visit"))
    engine.dispose()
    assert (names(first), names(second)) == ([], ["first"])


def test_a_stopped_cluster_leaves_neither_server_nor_files() -> None:
    cluster = Cluster()
    cluster.stop()
    assert not cluster._home.exists()
    with pytest.raises(psycopg.OperationalError):
        cluster.create()


def test_a_killed_test_run_takes_its_servers_along(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_COMPANION, str(tmp_path / "log")], cwd=ROOT
    )
    sleeper = _wait_for_child(_wait_for_child(holder.pid))
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    deadline = time.monotonic() + 10
    while _alive(sleeper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(sleeper)


def test_a_companion_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    companion = Companion(["sh", "-c", "echo too early; exit 3"], log=tmp_path / "log")
    deadline = time.monotonic() + 10
    while companion.running and time.monotonic() < deadline:
        time.sleep(0.02)
    companion.stop()
    assert companion.tail() == "too early"


def test_a_server_that_refuses_to_start_shows_its_log(tmp_path: Path) -> None:
    refusing = {"NEARSIDE_ENVIRONMENT": "no such environment"}
    with pytest.raises(DidNotStart, match="NEARSIDE_ENVIRONMENT"), running(refusing, tmp_path):
        pass


def test_counts_of_several_runs_add_up(tmp_path: Path) -> None:
    for name, numbers in {"a.xml": (10, 0, 0, 0), "b.xml": (5, 1, 1, 0)}.items():
        (tmp_path / name).write_text(REPORT.format(*numbers))
    found = [counts.read(tmp_path / name) for name in ("a.xml", "b.xml")]
    assert str(found[0] + found[1]) == "13 passed, 2 failed"


@pytest.mark.parametrize("numbers", [(0, 0, 0, 0), (3, 1, 0, 0), (3, 0, 1, 0), (3, 0, 0, 1)])
def test_a_run_that_skips_fails_or_is_empty_is_no_good_run(
    tmp_path: Path, numbers: tuple[int, ...]
) -> None:
    (tmp_path / "a.xml").write_text(REPORT.format(*numbers))
    assert not counts.read(tmp_path / "a.xml").good


def test_a_run_may_skip_what_compares_with_absent_data_and_says_so(tmp_path: Path) -> None:
    skipped = f'<testcase><skipped message="{counts.EXCUSED}: cases"/></testcase></testsuite>'
    report = REPORT.format(3, 0, 0, 1).replace("/></testsuites>", f">{skipped}</testsuites>")
    (tmp_path / "a.xml").write_text(report)
    found = counts.read(tmp_path / "a.xml")
    assert found.good
    assert str(found) == f"2 passed, 0 failed, 1 skipped: {counts.EXCUSED}"


def test_a_run_that_died_before_its_report_counts_as_failed(tmp_path: Path) -> None:
    assert not counts.read(tmp_path / "none.xml").good


def test_make_keeps_what_python_compiled_for_the_next_stage() -> None:
    said = "told: ; @python3 -c 'import sys; print(sys.dont_write_bytecode)'"
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    make = ["make", "--eval", said, "told"]
    told = subprocess.check_output(make, cwd=ROOT, env=surroundings, text=True)
    assert told.strip() == "False"


def test_a_machine_without_the_programs_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent() -> None:
        raise packages.Missing("not here")

    monkeypatch.setattr(packages, "NEEDED", {"chromium": absent, "postgresql": absent})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert packages.main() == 1
    assert "apt-get install chromium postgresql" in capsys.readouterr().err


def test_the_browser_has_a_camera_and_reports_a_broken_script(visitors: Visitors) -> None:
    page = visitors.arrive("http://localhost")
    page.goto("data:text/html,<title>Hello</title>")
    assert page.title() == "Hello"
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(200)
    assert [complaint for complaint in visitors.complaints if "broken" in complaint]
    visitors.complaints.clear()


def _wait_for_child(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children")
    deadline = time.monotonic() + 10
    while not (found := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return int(found[0])


def _alive(process: int) -> bool:
    """Whether it runs: a process may end between any two looks at it."""
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
