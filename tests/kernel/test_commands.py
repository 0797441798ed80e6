"""The operator's commands say what is wrong in one sentence, and touch nothing by asking."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

from click.testing import Result

from app import create_app
from app.kernel import commands
from app.kernel.settings import Settings
from tests.support.ports import free_port
from tests.support.server import DidNotStart, running

ROOT = Path(__file__).parents[2]


def environment(instance: Path, **more: str) -> dict[str, str]:
    """A production configuration that may start."""
    return {
        "NEARSIDE_INSTANCE": str(instance),
        "NEARSIDE_ORIGIN": "https://care.example",
        "NEARSIDE_SECRET_KEY": secrets.token_urlsafe(48),
        "NEARSIDE_DATA_KEYS": f"k1:{secrets.token_hex(32)}",
        **more,
    }


def run(command: str, instance: Path, **more: str) -> Result:
    app = create_app(Settings.from_environment(environment(instance, **more)))
    return app.test_cli_runner().invoke(args=[command])


def test_doctor_finds_no_database_and_makes_none(tmp_path: Path) -> None:
    answer = run("doctor", tmp_path)
    assert answer.exit_code == 1
    assert commands.NOT_THERE in answer.output
    assert list(tmp_path.glob("*.db")) == []


def test_doctor_tells_a_database_without_its_tables(tmp_path: Path) -> None:
    (tmp_path / "nearside.db").touch()
    answer = run("doctor", tmp_path)
    assert answer.exit_code == 1
    assert commands.NOT_NEWEST in answer.output


def test_doctor_is_content_after_migrating(tmp_path: Path) -> None:
    keys = f"k1:{secrets.token_hex(32)}"
    assert run("migrate", tmp_path, NEARSIDE_DATA_KEYS=keys).exit_code == 0
    answer = run("doctor", tmp_path, NEARSIDE_DATA_KEYS=keys)
    assert answer.exit_code == 0
    assert "fit to serve" in answer.output


def test_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    address = f"postgresql+psycopg://nobody:hunter2@127.0.0.1:{free_port()}/nearside"
    for command in ("doctor", "migrate"):
        answer = run(command, tmp_path, NEARSIDE_DATABASE_URL=address)
        assert answer.exit_code == 1
        assert "The database does not answer" in answer.output
        assert "Traceback" not in answer.output
        assert "hunter2" not in answer.output


def test_database_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment(tmp_path)},
        check=True,
        capture_output=True,
    )
    (file,) = tmp_path.glob("*.db")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_server_with_unsafe_settings_ends_instead_of_trying_for_ever(tmp_path: Path) -> None:
    port = free_port()
    try:
        with running(environment(tmp_path, NEARSIDE_SECRET_KEY="x"), tmp_path, port=port):
            raise AssertionError("an unsafe portal was served")
    except DidNotStart:
        said = (tmp_path / f"server-{port}.log").read_text()
    assert said.count("NEARSIDE_SECRET_KEY is missing or weak") == 1
