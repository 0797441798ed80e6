"""docs/medicine.md says what the library says, and leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from app import clinical
from app.clinical import catalogue
from app.clinical.baselines.methods import METHODS

PAGE = Path(__file__).parents[2] / "docs" / "medicine.md"


def test_page_is_what_the_library_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue.page(), "make docs writes it anew"


@pytest.mark.parametrize(
    "names",
    [
        clinical.scores.SCORES,
        {row.title for row in clinical.scores.ABSENT.values()},
        clinical.measures.MEASURES,
        clinical.guidelines.RULES,
        clinical.guidelines.TOPICS,
        clinical.pharmacogenomics.GENES,
        clinical.pharmacogenomics.DRUGS,
        METHODS,
    ],
    ids=["scores", "absent", "measures", "rules", "topics", "genes", "drugs", "methods"],
)
def test_page_names_each_thing_with_its_source(names: Iterable[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in names if name not in text] == []


def test_no_row_of_a_table_lacks_a_cell() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    empty = [line for line in lines if line.startswith("|") and line.endswith("|  |")]
    assert empty == []
