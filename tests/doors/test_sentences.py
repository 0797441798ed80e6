"""Every sentence that a person reads or hears can be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from babel import Locale
from flask_babel import Domain

from app.clinical.pharmacogenomics import GENES
from app.kernel.actor import Role, Stage
from tests.care import helping, inviting
from tests.consults import company
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.genes import reports
from tests.questionnaires import life
from tests.records import readers
from tests.support.inspection import parse
from tests.support.portal import Someone

OPEN, CLOSE = "⟦", "⟧"
SPOKEN = ("aria-label", "alt", "title", "placeholder", "aria-valuetext", "aria-description")
UNREAD = {"script", "style"}
# The product's name, and names and units that are the same in every language.
NAMES = {"Nearside", "Lisbon", "UTC", "QR", "nearside", "test", "ACC", "AHA", "ESC"}
UNITS = {"mmHg", "mg", "dL", "mmol", "mol", "L", "kg", "lb", "st", "kPa", "m", "cm", "min"}
# Days and months come translated from the calendar's own words.
CALENDAR = {
    name
    for words in (Locale("en").days, Locale("en").months)
    for width in words["format"].values()
    for name in width.values()
}
WORD = re.compile(r"[^\W\d_]{2,}")
# Genes are called alike everywhere (HGNC).
SYMBOLS = set(WORD.findall(" ".join(GENES)))
DOORS = [
    (door, role)
    for door in doors()
    for role in Role
    if door.method == "GET" and (not door.access.roles or role in door.access.roles)
]


class Bracketed:
    """Translations into a language in which every sentence stands in brackets."""

    def gettext(self, sentence: str) -> str:
        return f"{OPEN}{sentence}{CLOSE}"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    ugettext, ungettext = gettext, ngettext


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Domain, "get_translations", lambda _self: Bracketed())


def outside(text: str) -> str:
    """What is left of a text when everything in brackets is gone."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        left.append(letter if depth == 0 and letter != CLOSE else " ")
    return "".join(left)


def texts(element: Element) -> Iterator[str]:
    """Everything that is read or spoken, below an element."""
    if element.tag in UNREAD or element.get("translate") == "no":
        return
    yield from (value for name in SPOKEN if (value := element.get(name)))
    yield from [element.text] if element.text else []
    for child in element:
        yield from texts(child)
        yield from [child.tail] if child.tail else []


def untranslated(html: str, data: set[str]) -> set[str]:
    """The words that no translator would ever see."""
    known = NAMES | UNITS | CALENDAR | SYMBOLS | data
    whole = " ".join(texts(parse(html)))
    return {word for word in WORD.findall(outside(whole)) if word not in known}


def people(scene: Scene) -> set[str]:
    """The words of people's names and addresses, and what they typed themselves."""
    invited = f"{inviting.ROSA} rosa {helping.PETRA} petra"
    typed = f"{life.WORDS} {company.MARIA} {readers.WORDS} {reports.LABORATORY} {invited}"
    found = set(WORD.findall(typed))
    for clinic in (scene.mine, scene.theirs):
        for role in Role:
            someone: Someone = getattr(clinic, role.value)
            found |= set(WORD.findall(f"{someone.name} {someone.email}"))
            found |= {"".join(word[0] for word in someone.name.split())}
    return found


@pytest.mark.parametrize(
    ("door", "role"), DOORS, ids=lambda part: part.value if isinstance(part, Role) else str(part)
)
def test_page_says_nothing_that_cannot_be_translated(
    scene: Scene, bracketed: None, door: Door, role: Role
) -> None:
    asker = Asker(scene)
    visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
    answer = visitor.get(asker.path(door, role, own=True))
    if answer.mimetype == "text/html" and answer.status_code == 200:
        assert OPEN in answer.text, "the test must be looking at bracketed sentences"
        assert untranslated(answer.text, people(scene)) == set()


def test_error_pages_can_be_translated(scene: Scene, bracketed: None) -> None:
    for visitor in (Asker(scene).visitor(None), Asker(scene).visitor(Role.PATIENT)):
        answer = visitor.get("/nowhere")
        assert untranslated(answer.text, people(scene) | hexadecimal(answer.text)) == set()


def hexadecimal(html: str) -> set[str]:
    """The letters of the request's number."""
    return set(WORD.findall(" ".join(re.findall(r"\b[0-9a-f]{12}\b", html))))
