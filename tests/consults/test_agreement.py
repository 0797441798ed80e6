"""Up to four agree on keys, by the module that pages use, over a post that is slow and uneven."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long
PEOPLE = Path(__file__).with_name("agreeing.mjs")
PATIENCE_MILLISECONDS = 20_000
GONE = " -"
# How long two who go on may be without the sign of the lock.
SOON_MILLISECONDS = 8000
# At each of these, in milliseconds, the one who comes has said and heard a little more.
MOMENTS = range(20, 220, 25)
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


def agree(
    steps: list[tuple[str, int]], seed: int, patience: int = PATIENCE_MILLISECONDS, gone: str = ""
) -> list[dict[str, Any]]:
    """How everybody stands after each step, by name; marked ones are taken without who is gone."""
    asked = []
    for names, wait in steps:
        vanished = gone.split() if names.endswith(GONE) else []
        said = {"names": names.removesuffix(GONE).split(), "wait": wait, "gone": vanished}
        asked.append(json.dumps(said))
    done = subprocess.run(
        ["node", str(PEOPLE), str(seed), str(patience)],
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


def vanish(at: int) -> list[dict[str, Any]]:
    """A third comes, vanishes in the middle of it, and speaks again later."""
    three = "ana imre maria"
    steps = [("ana imre", 0), (three, at), (three + GONE, 0), (three, 0)]
    return agree(steps, seed=at, patience=SOON_MILLISECONDS, gone="maria")


def test_whoever_vanishes_while_keys_are_agreed_on_holds_the_others_up_for_seconds() -> None:
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(vanish, MOMENTS))
    without = 0
    for at, (first, _, second, third) in zip(MOMENTS, runs, strict=True):
        for stood in (first, second, third):
            assert all(one["complete"] and not one["broken"] for one in stood.values()), (at, stood)
            assert len({one["code"] for one in stood.values()}) == 1, (at, stood)
        assert set(second) == {"ana", "imre"}
        assert second["ana"]["code"] != first["ana"]["code"]
        assert second["ana"]["keys"]["imre"] == second["imre"]["mine"]
        # Once whoever was given up speaks again, everybody has a key of theirs.
        assert set(third) == {"ana", "imre", "maria"}
        assert all(third[one]["keys"]["maria"] == third["maria"]["mine"] for one in first)
        without += second["ana"]["code"] != third["ana"]["code"]
    # Most of them vanished too early for a key of theirs to be kept.
    assert without >= len(MOMENTS) // 2
