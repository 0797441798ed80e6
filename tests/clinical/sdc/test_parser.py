"""Our parser gives the tree that the library's own parser gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhirpathpy.parser import parse as library
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.sdc.parser import Unreadable
from app.clinical.sdc.parser import read as parse
from tests.clinical import shared

# The parts of a node the evaluator reads.
READ = {"Identifier", "NumberLiteral", "StringLiteral", "BooleanLiteral", "DateTimeLiteral"}
READ |= {"TimeLiteral", "TypeSpecifier"}
EXPRESSIONS = [
    "1 + 2 * 3 - 4 div 5 mod 6",
    "a or b and c xor d implies e",
    "a.b[0].c | d",
    "1 year + 2 months",
    "4 'mg' > 3",
    "@2020-01-01T10:00:00.5+01:00",
    "@T10:30",
    "@2020-02 = @2020",
    "{} is Quantity",
    "a as FHIR.Coding",
    "a in b contains c",
    "iif(a, b, {})",
    "a.where($this > 1 and $index = 0 or $total)",
    "x.`div`",
    "not(a) != true",
    r"'it\'s'",
    "a ~ b !~ c & d",
    "-3",
    "// note\n a /* b */ + c",
    "contains.is.as.in",
]


def tree(node: dict[str, Any]) -> Any:
    kind = node.get("type")
    text = node.get("text") if kind in READ else None
    return (
        kind,
        node.get("terminalNodeText"),
        text,
        [tree(each) for each in node.get("children", ())],
    )


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_tree_is_the_librarys(expression: str) -> None:
    assert tree(parse(expression)) == tree(library(expression))


def expressions(part: Any) -> set[str]:
    if isinstance(part, list):
        return {found for each in part for found in expressions(each)}
    if not isinstance(part, dict):
        return set()
    own = {part["expression"]} if part.get("language") == "text/fhirpath" else set()
    return own | {found for each in part.values() for found in expressions(each)}


def test_every_expression_of_the_published_forms_is_read_alike() -> None:
    folder = shared.shared("questionnaires")
    found: set[str] = set()
    for path in folder.glob("*.json"):
        found |= expressions(json.loads(path.read_text(encoding="utf-8")))
    assert len(found) > 90
    for expression in sorted(found):
        assert tree(parse(expression)) == tree(library(expression))


@given(st.text(alphabet="ab1'.()[]{},%+-*/|&=<> $thisoramdn", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except Unreadable:
        return
    assert len(found["children"]) == 1
