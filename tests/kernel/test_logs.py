"""Logs say what happened and where, never what a person typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CANARY = "canary-words"
# Run apart, because the log is set up once per process.
PROGRAM = """
import sys
from pathlib import Path
from app.kernel import db
from app.kernel.access import anyone
from app.kernel.room import Room
from app.kernel.settings import Environment
from tests.support.portal import ORIGIN, Portal, migrate
from flask import request
import structlog

directory = Path(sys.argv[1])
url = f"sqlite:///{directory}/portal.db"
migrate(url, directory)
portal = Portal(url, directory, Environment.TEST)
room = Room("shed", "tests.support.portal")

@room.page("/shed", access=anyone(reason="a test", writes=True), methods=("GET", "POST"))
def shed():
    raise ValueError("canary-words: " + request.values.get("words", ""))

@room.job("break")
def broken(payload):
    raise ValueError("canary-words " + payload["words"])

portal.app.register_blueprint(room.blueprint)
client = portal.app.test_client()
answer = client.get("/shed?words=canary-words", base_url=ORIGIN)
assert answer.status_code == 500, answer.status
assert "canary-words" not in answer.text
client.get("/sign-in?next=/canary-words", base_url=ORIGIN)
client.get("/canary-words", base_url=ORIGIN)
with portal.inside():
    from app.kernel import jobs
    with db.writing():
        jobs.enqueue("shed.break", {"words": "canary-words"})
    portal.work()
    structlog.get_logger("test").info("noted", words="canary-words", count=1, kind="x\\ny")
portal.close()
"""


def test_log_never_holds_what_was_typed_or_what_an_exception_says(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    said = ran.stderr + ran.stdout
    assert CANARY not in said
    lines = [json.loads(line) for line in ran.stderr.splitlines() if line.startswith("{")]
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert failed["error"] == "ValueError"
    assert failed["endpoint"] == "shed.shed"
    assert failed["where"]
    assert any(line["event"] == "job_failed" for line in lines)
    noted = next(line for line in lines if line["event"] == "noted")
    assert noted["kind"] == "x\ny", "a line end inside a value stays inside its line"
    assert "words" not in noted


def test_every_request_is_logged_with_the_number_on_its_page(tmp_path: Path) -> None:
    program = PROGRAM.replace('client.get("/canary-words"', 'found = client.get("/canary-words"')
    program += "\nprint('NUMBER', found.headers['X-Request-Id'])"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    number = ran.stdout.split()[-1]
    lines = [json.loads(line) for line in ran.stderr.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("request_id") == number]
    assert (line["event"], line["status"], line["endpoint"]) == ("request", 404, None)
