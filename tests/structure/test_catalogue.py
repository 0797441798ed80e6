"""Translators are handed every sentence: of the pages, the program and the questionnaires."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    file = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    subprocess.run(["make", "-s", "catalogue", f"CATALOGUE={file}"], cwd=ROOT, check=True)
    with file.open("rb") as held:
        return read_po(held)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("Sign in", "templates/accounts/sign_in.html"),
        ("Good morning", "app/web/pages.py"),
        ("days a week", "app/clinical/questionnaires/lifestyle.json"),
        ("From the day your plan is approved.", "app/clinical/guidelines/habits.py"),
        ("At home, under 130 over 80 mmHg is the usual goal.", "app/clinical/measures/home.py"),
    ],
)
def test_sentence_of_every_kind_is_gathered(catalogue: Catalog, sentence: str, place: str) -> None:
    message = catalogue.get(sentence)
    assert message is not None
    assert place in {file for file, _line in message.locations}


def test_plural_keeps_both_its_forms(catalogue: Catalog) -> None:
    message = catalogue.get("%(num)s lines to decide") or catalogue.get("%(num)s line to decide")
    assert message is not None
    assert message.id == ("%(num)s line to decide", "%(num)s lines to decide")
