"""What is written down and what there is are the same."""

from __future__ import annotations

import re
from pathlib import Path

from app.kernel import audit
from tests.doors.walk import rooms

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"NEARSIDE_[A-Z][A-Z_]*[A-Z]")
# The demo hands its environment on to what it starts; the media node is a program of its own.
HANDS_ON = {"app/demo/commands.py", "app/media/__main__.py"}


def table(name: str) -> list[list[str]]:
    """The rows of a document's tables, without their headings."""
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    rules = [number for number, row in enumerate(rows) if set(row[0]) <= {"-", " "}]
    around = {number - 1 for number in rules} | set(rules)
    return [row for number, row in enumerate(rows) if number not in around]


def test_every_audit_tag_is_written_down_with_its_details() -> None:
    rooms()
    declared = {
        name: (tag.entity, tag.detail)
        for name, tag in audit.all_tags().items()
        if not name.startswith(("test.", "probe."))
    }
    written = {
        row[0]: (row[1], frozenset(part.strip() for part in row[2].split(",") if part.strip()))
        for row in table("audit.md")
    }
    assert written == declared


def test_no_audit_tag_is_written_down_twice() -> None:
    names = [row[0] for row in table("audit.md")]
    assert len(names) == len(set(names))


def test_every_audit_row_says_when() -> None:
    assert all(len(row) == 4 and row[3] for row in table("audit.md"))


def test_every_setting_is_written_down_and_every_one_written_down_exists() -> None:
    read = set()
    for path in [*ROOT.glob("app/**/*.py"), ROOT / "gunicorn.conf.py", ROOT / "wsgi.py"]:
        read |= set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    written = {row[0] for row in table("settings.md")}
    assert written == read


def test_no_setting_is_read_behind_the_settings() -> None:
    for path in ROOT.glob("app/**/*.py"):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(ROOT).as_posix()
        assert where in HANDS_ON or "os.environ" not in text, where
