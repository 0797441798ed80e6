"""Every page and every answer of the portal, collected once for whatever looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from werkzeug.test import TestResponse

from app.kernel.actor import Role, Stage
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.support.inspection import parse

# Not asked: an answer to a request that nobody made, as a stranger gets it.
NOBODY = (("/nowhere", 404), ("/settings", 303), ("/sign-in", 200), ("/health", 200))


@dataclass(frozen=True)
class Opened:
    """One page as one person got it; `role` is None for somebody who is not signed in."""

    door: str
    path: str
    role: Role | None
    stage: Stage
    answer: TestResponse

    def __str__(self) -> str:
        return f"{self.door} as {self.role.value if self.role else 'nobody'}"

    @property
    def is_page(self) -> bool:
        """Whether a person reads it."""
        return self.answer.mimetype == "text/html" and self.answer.status_code < 300

    def tree(self) -> Element:
        """The page as a tree."""
        return parse(self.answer.text)


def every_page(scene: Scene) -> list[Opened]:
    """Open each page that can be read, for a thing of one's own, as everybody who may."""
    asker = Asker(scene)
    found = []
    for door in doors():
        for role in Role:
            admitted = not door.access.roles or role in door.access.roles
            if door.method == "GET" and admitted:
                found.append(_open(asker, door, role))
    visitor = scene.portal.visit()
    for path, status in NOBODY:
        answer = visitor.get(path)
        assert answer.status_code == status, path
        found.append(Opened(f"GET {path}", path, None, Stage.ANYONE, answer))
    return found


def _open(asker: Asker, door: Door, role: Role) -> Opened:
    path = asker.path(door, role, own=True)
    stage = max(door.access.stage, Stage.PASSWORD)
    answer = asker.ask(door, asker.visitor(role, stage), path)
    return Opened(str(door), path, role, stage, answer)
