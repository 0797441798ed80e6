"""Web workers load the tokens and the seal of recordings, and no library that the node lives on."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# An event loop of its own, decoders with threads, and bindings to C that a fork does not survive.
HEAVY = {"aiortc", "aioice", "av", "aiohttp", "pylibsrtp", "pyee", "uvloop"}
ASKED = """
import json, sys
import wsgi
print(json.dumps(sorted(sys.modules)))
"""


def test_a_web_worker_loads_no_media_libraries(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "NEARSIDE_ENVIRONMENT": "test",
        "NEARSIDE_INSTANCE": str(tmp_path),
        "NEARSIDE_DATABASE_URL": f"sqlite:///{tmp_path / 'portal.db'}",
        "NEARSIDE_ORIGIN": "http://localhost:5000",
        "NEARSIDE_SECRET_KEY": secrets.token_urlsafe(48),
        "NEARSIDE_DATA_KEYS": f"test:{secrets.token_hex(32)}",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "app.consults" in loaded
    assert {one.partition(".")[0] for one in loaded} & HEAVY == set()
    assert {one for one in loaded if one.startswith("app.media")} <= {
        "app.media",
        "app.media.tokens",
        "app.media.recording",
        "app.media.recording.sealing",
    }
