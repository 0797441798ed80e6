"""Up to four agree on keys, by the module that pages use, over a post that is slow and uneven."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

PEOPLE = Path(__file__).with_name("agreeing.mjs")
PATIENCE_MILLISECONDS = 20_000
# Who comes, goes and reloads; after a step with a wait nobody waits for the end of it.
STEPS: list[tuple[str, int]] = [
    ("ana imre", 0),
    ("ana imre maria", 0),
    ("ana imre maria rui", 0),
    ("ana imre maria-again rui", 0),
    ("ana imre maria-again", 30),
    ("ana imre maria-again rui-again", 50),
    ("ana-again imre maria-again rui-again", 80),
    ("ana-again imre rui-again", 20),
    ("ana-again imre", 0),
    ("ana-again imre maria rui", 0),
]


def agree(steps: list[tuple[str, int]], seed: int) -> list[dict[str, Any]]:
    """How everybody stands after each step, by name."""
    asked = [json.dumps({"names": names.split(), "wait": wait}) for names, wait in steps]
    done = subprocess.run(
        ["node", str(PEOPLE), str(seed), str(PATIENCE_MILLISECONDS)],
        input="\n".join(asked) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("seed", range(1, 4))
def test_whoever_comes_and_goes_all_have_one_code_and_each_others_keys(seed: int) -> None:
    codes = set()
    for (names, wait), stood in zip(STEPS, agree(STEPS, seed), strict=True):
        if wait:
            continue
        assert not any(one["broken"] for one in stood.values()), (names, stood)
        (code,) = {one["code"] for one in stood.values()}
        assert len(code) == 6, (names, stood)
        codes.add(code)
        for name, one in stood.items():
            assert one["complete"], (names, stood)
            for other, theirs in stood.items():
                assert other == name or one["keys"][other] == theirs["mine"]
    # Nobody goes on with a code of before.
    assert len(codes) == sum(not wait for _, wait in STEPS)
