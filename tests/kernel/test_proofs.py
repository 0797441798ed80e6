"""A proof convinces somebody who has the script of the documents and the public key, no more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.kernel.ledger import run, seal, sign, write
from tests.support.portal import Portal

SCRIPT = Path(__file__).parents[2] / "docs" / "check_proof.py"
SHORT = 30  # lines of code: one sitting, and no more to trust


@pytest.fixture
def proven(portal_on_each: Portal) -> tuple[Portal, list[UUID]]:
    """Batches of one, five and three events under one checkpoint."""
    portal, ids = portal_on_each, []
    for count in (1, 5, 3):
        ids += write(portal, count)
        seal(portal)
    sign(portal)
    return portal, ids


def check(proof: str, key: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the script as a stranger would: apart, in a folder that has nothing of the portal."""
    file = directory / "proof.json"
    file.write_text(proof, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), key],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_event_can_be_proven(proven: tuple[Portal, list[UUID]], tmp_path: Path) -> None:
    portal, ids = proven
    key = run(portal, "key").output.strip()
    for number, event in enumerate(ids, start=1):
        answer = run(portal, "prove", str(event))
        assert answer.exit_code == 0, answer.output
        assert event.hex in json.loads(answer.output)["event"]
        checked = check(answer.output, key, tmp_path)
        assert checked.returncode == 0, checked.stderr
        assert checked.stdout.startswith(f"Event {number} is in the record signed at ")


def spoil(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    return lambda proof: proof.update({name: change(proof[name])})


@pytest.mark.parametrize(
    "spoilt",
    [
        spoil("event", lambda text: text.replace("test.touched", "test.toucher")),
        spoil("number", lambda number: number + 1),
        spoil("path", lambda path: path[:-1]),
        spoil("seal", lambda seal: seal.replace("|", "||", 1)),
        spoil("seal", lambda seal: seal.replace("2|2|6", "2|3|7")),
        spoil("seal_path", lambda path: path[::-1]),
        spoil("checkpoint", lambda body: body.replace('"number": 1', '"number": 2')),
        spoil("signature", lambda signature: f"{int(signature, 16) ^ 1:0{len(signature)}x}"),
    ],
    ids=("event", "number", "path", "seal", "places", "seal_path", "checkpoint", "signature"),
)
def test_changed_proof_convinces_nobody(
    proven: tuple[Portal, list[UUID]], tmp_path: Path, spoilt: Callable[[dict[str, Any]], None]
) -> None:
    portal, ids = proven
    key = run(portal, "key").output.strip()
    proof = json.loads(run(portal, "prove", str(ids[3])).output)
    spoilt(proof)
    assert check(json.dumps(proof), key, tmp_path).returncode != 0


def test_another_portals_key_checks_nothing(
    proven: tuple[Portal, list[UUID]], tmp_path: Path
) -> None:
    portal, ids = proven
    proof = run(portal, "prove", str(ids[0])).output
    assert check(proof, "11" * 32, tmp_path).returncode != 0


def test_what_cannot_be_proven_yet_is_said_in_one_sentence(portal: Portal) -> None:
    (event,) = write(portal, 1)
    assert "not sealed yet" in run(portal, "prove", str(event)).output
    assert "no such event" in run(portal, "prove", str(uuid4())).output
    seal(portal)
    answer = run(portal, "prove", str(event))
    assert answer.exit_code == 1
    assert "No checkpoint covers it yet" in answer.output
    assert '"last_event": 1' in run(portal, "checkpoint").output
    assert run(portal, "prove", str(event)).exit_code == 0
    assert "Nothing has come" in run(portal, "checkpoint").output


def test_script_is_short_and_asks_nothing_of_the_portal() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    code = [line for line in text.splitlines() if line.strip() and not line.startswith('"""')]
    assert len(code) <= SHORT
    assert "import app" not in text
    assert "from app" not in text
