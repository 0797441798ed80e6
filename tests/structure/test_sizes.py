"""Nothing grows past what one sitting can hold."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, Function, functions, label, parsed, python, shipped

MODULE_LINES = 400
FUNCTION_LINES = 40
PAGE_LINES = 15
TEMPLATE_LINES = 120
CONFTEST_LINES = 150
ATTICS = {"utils.py", "helpers.py", "util.py", "helper.py", "common.py", "misc.py", "manager.py"}
# Where the house's order of size holds; a migration is as long as the change it makes.
HOUSE = ("app", "tests", "benchmarks", "wsgi.py")


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def body_lines(function: Function) -> int:
    """The lines a reader reads: the docstring is not one of them."""
    first, *rest = function.body
    if rest and isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        first = rest[0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def is_page(function: Function) -> bool:
    """A page is registered under a rule."""
    return any(
        isinstance(decorator, ast.Call)
        and any(keyword.arg == "access" for keyword in decorator.keywords)
        for decorator in function.decorator_list
    )


def function_lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    found = [label(path) for path in python(*HOUSE) if lines(path) > MODULE_LINES]
    assert found == []


def test_no_function_is_longer_than_a_screen() -> None:
    found = [
        f"{label(path, function)} {function.name}"
        for path in python(*HOUSE)
        for function in functions(parsed(path))
        if function_lines(function) > FUNCTION_LINES
    ]
    assert found == []


def test_a_page_parses_calls_and_renders_and_no_more() -> None:
    found = [
        f"{label(path, function)} {function.name}"
        for path in python("app")
        for function in functions(parsed(path))
        if is_page(function) and body_lines(function) > PAGE_LINES
    ]
    assert found == []


def test_there_are_pages_to_measure() -> None:
    assert any(is_page(function) for path in python("app") for function in functions(parsed(path)))


def test_no_template_is_longer_than_two_screens() -> None:
    templates = [path for path in shipped() if path.is_relative_to(ROOT / "templates")]
    assert templates
    assert [label(path) for path in templates if lines(path) > TEMPLATE_LINES] == []


def test_there_is_no_attic() -> None:
    assert [label(path) for path in python() if path.name in ATTICS] == []


def test_a_conftest_stays_small() -> None:
    conftests = [path for path in python("tests") if path.name == "conftest.py"]
    assert conftests
    assert [label(path) for path in conftests if lines(path) > CONFTEST_LINES] == []


def test_no_module_hides_where_the_import_contracts_do_not_look() -> None:
    """A folder without `__init__.py` imports well and is seen by none of them."""
    found = [label(path) for path in python("app") if not (path.parent / "__init__.py").exists()]
    assert found == []


@pytest.mark.parametrize(
    ("source", "length"),
    [
        ("def f():\n    return 1\n", 1),
        ('def f():\n    """Say."""\n    a = 1\n    return a\n', 2),
        ('def f():\n    """Only\n    this."""\n', 2),
    ],
)
def test_a_body_is_measured_without_its_docstring(source: str, length: int) -> None:
    (function,) = functions(ast.parse(source))
    assert body_lines(function) == length


def test_a_page_is_known_by_its_rule() -> None:
    source = '@room.page("/", access=anyone)\ndef home(): ...\n@cache\ndef other(): ...\n'
    assert [is_page(function) for function in functions(ast.parse(source))] == [True, False]
