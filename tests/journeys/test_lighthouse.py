"""Lighthouse's accessibility audit, whole points only."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.kernel.actor import Role, Stage
from tests.journeys.lived_in import Lived
from tests.support.browser import FLAGS
from tests.support.packages import chromium
from tests.support.portal import COOKIE

# It gives a browser little time to start.
pytestmark = pytest.mark.alone
ROOT = Path(__file__).parents[2]
LIGHTHOUSE = ROOT / "node_modules/lighthouse/cli/index.js"
SECONDS = 120


@pytest.fixture
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a short name: Chromium's socket in it may have 107 characters in all."""
    return tmp_path_factory.mktemp("lh")


def audit(url: str, directory: Path, token: str | None = None) -> dict[str, float]:
    """The audits that do not pass, and the score under an empty name."""
    headers = directory / "headers.json"
    headers.write_text(json.dumps({"Cookie": f"{COOKIE}={token}"} if token else {}))
    flags = ["--headless=new", *FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    done = subprocess.run(
        [
            *("node", str(LIGHTHOUSE), url, "--quiet", "--output=json"),
            *("--only-categories=accessibility", f"--extra-headers={headers}"),
            f"--chrome-flags={' '.join(flags)}",
        ],
        env=os.environ | {"CHROME_PATH": str(chromium()), "TMPDIR": str(directory)},
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["finalDisplayedUrl"] == url
    failed = {
        name: one["score"]
        for name, one in report["audits"].items()
        if one["score"] is not None and one["score"] < 1
    }
    return {"": report["categories"]["accessibility"]["score"], **failed}


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/styleguide"])
def test_public_page_has_every_point(lived: Lived, scratch: Path, path: str) -> None:
    assert audit(lived.server.url + path, scratch) == {"": 1.0}


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/"])
def test_patients_page_has_every_point(lived: Lived, scratch: Path, path: str) -> None:
    token = lived.token(lived.given.patient, Stage.FULL)
    assert lived.given.patient.role is Role.PATIENT
    assert audit(lived.server.url + path, scratch, token) == {"": 1.0}
