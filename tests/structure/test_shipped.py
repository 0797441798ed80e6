"""What is shipped works on any machine: no path of the author's, no registry's address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, label, python, shipped

HOMES = re.compile(r"(?<![\w.])/(?:" + "work|root|Users|home/[a-z]" + r")/")
# Assembled from parts, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("deb", "debian", "org"),
        )
    )
)
# A promise to finish later is a thing left undone; it belongs in the tracker, not in a file.
PROMISES = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
SKIPS = re.compile(r"pytest\." + r"(?:mark\.skip|skip\(|mark\.xfail|importorskip)")
EXEMPTION = re.compile(r"#\s*(?:type: ignore|noqa)\b(?P<rest>.*)$")


def texts() -> list[tuple[Path, str]]:
    """Every shipped file that is text."""
    found = []
    for path in shipped():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a picture or a font
    return found


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{label(path)} line {number}: {line.strip()[:80]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_folder_of_its_authors_machine() -> None:
    assert matches(HOMES) == []


def test_no_file_names_a_package_registry() -> None:
    assert matches(REGISTRIES) == []


def test_nothing_is_promised_for_later() -> None:
    assert matches(PROMISES) == []


def test_no_test_is_skipped_but_for_data_that_is_not_ours() -> None:
    found = matches(SKIPS)
    assert [one for one in found if not one.startswith("tests/clinical/shared.py:")] == []


def test_an_exemption_carries_its_reason() -> None:
    """`# noqa: RULE - reason`, or `# type: ignore[code]  # reason`."""
    found = [
        f"{label(path)} line {number}"
        for path in python()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (exemption := EXEMPTION.search(line)) and not gives_reason(exemption["rest"])
    ]
    assert found == []


def gives_reason(rest: str) -> bool:
    return bool(re.match(r"(?:\[[\w, -]+\]|:\s*[A-Z0-9, ]+)\s*[-#].*\w{3,}", rest))


@pytest.mark.parametrize(
    ("rest", "given"),
    [
        (": S608 - the name is a constant", True),
        ("[arg-type]  # the stubs lack it", True),
        ("[arg-type]", False),
        (": S608", False),
        ("", False),
    ],
)
def test_a_reason_is_told_from_a_bare_exemption(rest: str, given: bool) -> None:
    assert gives_reason(rest) is given


@pytest.mark.parametrize("line", ["cd /wo" + "rk/main", "open('/ro" + "ot/.npmrc')"])
def test_a_folder_of_a_machine_is_seen(line: str) -> None:
    assert HOMES.search(line)


def test_the_web_s_own_root_is_no_machine_path() -> None:
    assert not HOMES.search("/static/js/work/list.js https://example.org/root/")


def test_the_locks_carry_hashes_and_exact_versions() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        entries = [
            line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "# "
        ]
        assert entries
        assert [line for line in entries if not re.fullmatch(r"[\w.-]+==\S+ \\", line)] == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in", "requirements-node.in"])
def test_each_direct_dependency_has_its_reason(name: str) -> None:
    entries = [
        line
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-c"))
    ]
    assert [line for line in entries if not re.search(r"#\s*\S+ .{6,}", line)] == []
