"""The island stands alone, is quick to load, and fetches a library only to use it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources

import pytest

from app import clinical
from app.clinical import questionnaires
from app.clinical.extraction import questionnaire

EVERYTHING = (
    "from app import clinical\n"
    "import app.clinical.extraction\n"
    "for part in sorted(clinical.PARTS): getattr(clinical, part)\n"
)
LOADED = (
    "import sys, json\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
)
MODULES = (
    "import sys, json\n"
    "print(json.dumps(sorted(name for name in sys.modules if name.partition('.')[0] == 'app')))"
)
# Processor time, so that a busy machine does not look like a slow library.
TIMED = (
    "import time\nbegan = time.process_time()\nimport app.clinical\n"
    "print(time.process_time() - began)"
)
LOAD_SECONDS = 0.05


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_every_part_loads_without_a_library_from_elsewhere() -> None:
    bare = set(json.loads(run(LOADED)))
    loaded = set(json.loads(run(EVERYTHING + LOADED))) - bare
    assert "app" in loaded
    # Time zones ask how Python was built, in a module that is named after the machine.
    outside = {name for name in loaded if not name.startswith("_sysconfigdata")}
    assert outside - set(sys.stdlib_module_names) == {"app"}


def test_naming_the_island_loads_none_of_its_parts() -> None:
    loaded = json.loads(run("import app.clinical\n" + MODULES))
    assert loaded == ["app", "app.clinical", "app.clinical.errors", "app.clinical.sentences"]


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="astrology"):
        clinical.astrology  # noqa: B018 - asking is the test


def test_the_parts_can_be_listed() -> None:
    assert set(dir(clinical)) >= clinical.PARTS


def test_the_island_loads_in_the_blink_of_an_eye() -> None:
    assert min(float(run(TIMED)) for _ in range(5)) < LOAD_SECONDS


def test_translators_are_given_every_sentence_of_the_questionnaire() -> None:
    path = resources.files("app.clinical.questionnaires").joinpath("lifestyle.json")
    with path.open("rb") as file:
        found = list(questionnaire(file, (), (), {}))
    sentences = {message for _, _, message, _ in found}
    form = questionnaires.lifestyle()
    wanted = {form.title.text, form.description.text}
    for item in form.walk():
        wanted |= {item.text.text, item.short.text}
        wanted |= {option.display for option in item.options}
        wanted |= {unit.label for unit in item.units}
        wanted |= {item.help.text} if item.help else set()
    assert wanted <= sentences
    assert "Tobacco smoking status" not in sentences
    lines = path.read_text("utf-8").splitlines()
    assert all(message in lines[line - 1] for line, _, message, _ in found)
