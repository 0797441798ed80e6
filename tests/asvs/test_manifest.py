"""Every requirement in scope has an answer, and every answer leads to something that is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.asvs import collecting, manifest
from tests.asvs.manifest import Answer, answers, entries, scope, section_exists
from tests.clinical.shared import read

KINDS = {"tests", "document", "open"}
IN_SCOPE = {"applies", "selected-L3"}
SHORTEST_REASON = 20


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every test of the mapped files as pytest itself finds them, with the marks that matter."""
    where = tmp_path_factory.mktemp("asvs") / "collected.json"
    files = sorted({node.partition("::")[0] for one in answers() for node in one.tests})
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", collecting.__name__]
    subprocess.run(
        [*asked, *(one for one in files if (manifest.ROOT / one).is_file())],
        cwd=manifest.ROOT,
        env={**os.environ, collecting.WHERE: str(where)},
        capture_output=True,
        check=False,
    )
    found: dict[str, set[str]] = {}
    for node, marks in json.loads(where.read_text(encoding="utf-8")).items():
        found.setdefault(manifest.function_of(node), set()).update(marks)
    return found


def mapped() -> list[Answer]:
    return [one for one in answers() if one.mapped]


def test_every_requirement_in_scope_has_an_answer_and_no_other_has_one() -> None:
    assert set(scope()) - set(entries()) == set(), "without an answer"
    assert set(entries()) - set(scope()) == set(), "not in scope"


def test_scope_is_the_one_that_was_decided() -> None:
    decided = {
        one["id"]: one["method"]
        for one in read("security/asvs5_applicability.json")
        if one["status"] in IN_SCOPE
    }
    assert scope() == decided


def test_scope_names_each_of_the_244_with_its_way_of_looking() -> None:
    assert len(scope()) == 244
    assert set(scope().values()) == set("BISDO")
    assert {int(one[1:].partition(".")[0]) for one in scope()} == set(manifest.CHAPTERS)


def test_each_answer_is_of_one_kind_and_says_what_is_asked() -> None:
    for one, entry in entries().items():
        assert set(entry) <= KINDS | {"says"}, one
        assert entry.get("says", "").strip(), one
        kinds = KINDS & set(entry)
        assert kinds, f"{one} has no answer"
        assert kinds == {"open"} or "open" not in kinds, f"{one} is open and answered"


def test_what_is_open_says_why() -> None:
    for one in answers():
        assert one.mapped or len(one.open) >= SHORTEST_REASON, f"{one.id}: why is it open?"


def test_a_document_answers_only_where_a_document_may() -> None:
    wrong = [
        one.id
        for one in mapped()
        if one.document and not one.tests and one.method not in manifest.BY_DOCUMENT
    ]
    assert wrong == []


def test_every_section_that_answers_is_there() -> None:
    lost = [one.document for one in mapped() if one.document and not section_exists(one.document)]
    assert lost == []


def test_every_test_that_answers_is_collected(collected: dict[str, set[str]]) -> None:
    lost = {
        one.id: missing
        for one in mapped()
        if (missing := [node for node in one.tests if node not in collected])
    }
    assert lost == {}


def test_no_test_that_answers_is_left_out(collected: dict[str, set[str]]) -> None:
    """Neither marked so, nor asking for data that another machine may lack."""
    left_out = {
        node
        for one in mapped()
        for node in one.tests
        if collected.get(node, set()) & set(collecting.LEFT_OUT) or _may_be_skipped(node)
    }
    assert left_out == set()


def _may_be_skipped(node: str) -> bool:
    """Whether a test's file asks for the public data beside the project; then it may skip."""
    path = manifest.ROOT / node.partition("::")[0]
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return path != Path(__file__) and "tests.clinical.shared" in text


def test_a_section_that_is_not_there_is_seen() -> None:
    assert section_exists("docs/settings.md#the-media-node")
    assert not section_exists("docs/settings.md#the-media-nodes")
    assert not section_exists("docs/settings.md")
    assert not section_exists("docs/nothing.md#the-media-node")


def test_an_id_that_stands_twice_is_seen() -> None:
    with pytest.raises(ValueError, match="named twice"):
        json.loads('{"a": 1, "a": 2}', object_pairs_hook=manifest._once)
