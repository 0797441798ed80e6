"""`make asvs`: run what answers for ASVS 5.0, and print a row for each chapter.

Tests without a browser run now. What a browser test answers is read from the last `make test`, and
only if that ran on this very commit: otherwise the requirement waits, and is not called passing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.asvs import collecting, manifest
from tests.asvs.manifest import Answer, answers, function_of, section_exists

OUTPUT = manifest.ROOT / "tests" / "output"
COUNTS = OUTPUT / "counts"
OWN = OUTPUT / "asvs"
PYTEST = [sys.executable, "-m", "pytest", "-q"]
# pytest's word for "some failed": the row says so, the rest of the report is still true.
RAN = {0, 1}


@dataclass
class Seen:
    """How often each test passed, and whether it ever did anything else."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def read(self, reports: Iterable[Path]) -> None:
        """Take in pytest's reports; a file that is not there says nothing."""
        for report in reports:
            if not report.exists():
                continue
            for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
                name = function_of(case.get("name", ""))
                node = f"{case.get('classname', '').replace('.', '/')}.py::{name}"
                (self.failed if len(case.findall("*")) > _talk(case) else self.passed).add(node)

    def state(self, one: Answer) -> str:
        """`passing`, `failing`, `waiting` or `open`."""
        if not one.mapped:
            return "open"
        if any(node in self.failed for node in one.tests):
            return "failing"
        if one.document and not section_exists(one.document):
            return "failing"
        return "passing" if all(node in self.passed for node in one.tests) else "waiting"


def _talk(case: ET.Element) -> int:
    """What a test printed is no failure; failures, errors and skips are."""
    quiet = ("properties", "system-out", "system-err")
    return sum(len(case.findall(name)) for name in quiet)


def same_commit() -> bool:
    """Whether the last `make test` ran on what is here now."""
    noted = COUNTS / "commit"
    return noted.exists() and noted.read_text(encoding="utf-8").strip() == commit() != ""


def commit() -> str:
    """The commit of a tree in which nothing else was changed; nothing for any other tree."""
    git = ["git", "-C", str(manifest.ROOT)]
    if subprocess.run([*git, "diff", "--quiet", "HEAD"], check=False).returncode:
        return ""
    asked = subprocess.run([*git, "rev-parse", "HEAD"], check=False, capture_output=True, text=True)
    return asked.stdout.strip()


def browser_tests(nodes: list[str]) -> set[str]:
    """Which of these tests open a browser, as pytest finds them."""
    OWN.mkdir(parents=True, exist_ok=True)
    where = OWN / "collected.json"
    subprocess.run(
        [*PYTEST, "--collect-only", "-qq", "-p", collecting.__name__, *nodes],
        cwd=manifest.ROOT,
        env={**os.environ, collecting.WHERE: str(where)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(where.read_text(encoding="utf-8"))
    return {function_of(node) for node, marks in found.items() if "browser" in marks}


def run(nodes: list[str]) -> Path:
    """Run these tests; answers where their report is."""
    report = OWN / "pages.xml"
    report.unlink(missing_ok=True)
    pair = ["-n", "2", "--dist", "loadfile", "--max-worker-restart", "0"]
    done = subprocess.run(
        [*PYTEST, *pair, f"--junit-xml={report}", *nodes], cwd=manifest.ROOT, check=False
    )
    if done.returncode not in RAN:
        sys.exit(done.returncode)
    return report


def rows(seen: Seen) -> list[str]:
    """One line for each chapter, and the line that closes."""
    states = [(one, seen.state(one)) for one in answers()]
    said = []
    for number, name in manifest.CHAPTERS.items():
        mine = [state for one, state in states if one.chapter == number]
        parts = [f"{mine.count(word):3} {word}" for word in ("passing", "open")]
        parts += [f"{mine.count(word)} {word}" for word in ("failing", "waiting") if word in mine]
        said.append(f"V{number:<3}{name:<30}{len(mine):3} in scope, {', '.join(parts)}")
    every = [state for _one, state in states]
    mapped = len(every) - every.count("open")
    closing = f"{mapped} mapped, {every.count('passing')} passing, {every.count('open')} open"
    return [*said, f"{closing} of {len(manifest.scope())}"]


def main() -> int:
    """Run, print, and say whether every mapped requirement that was looked at holds."""
    nodes = sorted({node for one in answers() for node in one.tests})
    in_browser = browser_tests(nodes)
    seen = Seen()
    seen.read([run([node for node in nodes if node not in in_browser])])
    if same_commit():
        seen.read(sorted(COUNTS.glob("*.xml")))
    troubled = [(one, seen.state(one)) for one in answers()]
    for one, state in troubled:
        if state in {"failing", "waiting"}:
            why = "make test has not run on this commit" if state == "waiting" else one.says
            sys.stdout.write(f"{one.id} {state}: {why}\n")
    sys.stdout.write("\n".join(rows(seen)) + "\n")
    return 1 if any(state == "failing" for _one, state in troubled) else 0


if __name__ == "__main__":
    sys.exit(main())
