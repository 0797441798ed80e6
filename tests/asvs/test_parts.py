"""The parts that are not ours: each is known, comes as it was looked at, and from one place."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.asvs import source
from tests.structure.tree import ROOT

LOCKED = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
# What leads an installer to another place than the one that it was set up with.
ELSEWHERE = re.compile(
    r"--(?:extra-)?index-url|--find-links|^-e |git\+|https?://|file://", re.MULTILINE
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, str]:
    """Each part of a lock with its one version."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {plain(name): version for name, version, _hashes in LOCKED.findall(text)}


def test_every_part_that_the_program_loads_is_in_the_lock() -> None:
    providers = packages_distributions()
    known = locked("requirements.txt")
    for name, path in source.imports():
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top == "app":
            continue
        found = {plain(one) for one in providers.get(top, ())}
        assert found & set(known), f"{path.relative_to(ROOT)} loads {top}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_part_comes_as_it_was_looked_at(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.findall(r"^[A-Za-z0-9][^\n]*", text, re.MULTILINE)
    assert entries
    assert len(LOCKED.findall(text)) == len(entries), "each has one version and its hashes"
    assert ELSEWHERE.search(text) is None
    assert ELSEWHERE.search((ROOT / lock.replace(".txt", ".in")).read_text()) is None


def test_parts_are_only_installed_by_their_hashes() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"^.*\$\(PIP\) install .*$", text, re.MULTILINE)
    assert installs
    assert [one for one in installs if "--require-hashes" not in one] == []
    assert "npm ci --ignore-scripts" in text
    assert re.findall(r"npm install(?! --package-lock-only --ignore-scripts)", text) == []
    rest = re.search(r"^COOLDOWN \?= P(\d+)D$", text, re.MULTILINE)
    assert rest, "new versions rest before a lock takes them"
    assert int(rest[1]) >= 7


def test_every_part_of_the_browsers_side_is_known_by_its_hash() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert len(parts) > 100
    for name, part in parts.items():
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/=]{80,}", part.get("integrity", "")), name
        assert "hasInstallScript" not in part or part.get("dev"), f"{name} runs what it brings"


def test_few_parts_reach_the_browser() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert len(wanted) < 6
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
