"""A person's answers, part by part, as a browser would post them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.care import queries as care
from app.kernel.actor import Actor
from app.questionnaires import operations, queries
from tests.support.portal import Visitor

PARTS: Mapping[str, Mapping[str, str]] = {
    "about-you": {"height": "170", "height-unit": "cm", "sex-at-birth": "female"},
    "moving": {"activity-days": "3", "activity-minutes": "25"},
    "tobacco-alcohol": {
        "smoking-status": "LA18978-9",
        "other-tobacco": "false",
        "alcohol-frequency": "LA6270-8",
    },
    "salt": {
        "salt-table": "most-days",
        "salt-packaged": "rarely",
        "salt-cured": "some-days",
        "salt-takeaway": "rarely",
    },
    "wellbeing": {"sleep-hours": "7,5", "what-matters": "To walk\nwith my grandchildren."},
}
WORDS = "To walk\nwith my grandchildren."


def path(part: str) -> str:
    """The page of a part."""
    return f"/questions/{part}"


def fields(part: str, **changes: str) -> dict[str, str]:
    """What a browser posts for one part."""
    given = {**PARTS[part], **{name.replace("_", "-"): text for name, text in changes.items()}}
    return {f"q-{name}": text for name, text in given.items()}


def shown_by(part: str, given: Mapping[str, str]) -> set[str]:
    """The questions a page shows once these answers are given."""
    form = queries.form()
    return form.enabled(form.read(given, part).answers)


def answer(visitor: Visitor, part: str, **changes: str) -> None:
    """Answer one part, and once more where an answer brought up another question."""
    for _round in range(2):
        sent = visitor.send(path(part), **fields(part, **changes))
        assert sent.status_code == 303, sent.text
        if sent.headers["Location"] != path(part):
            return


def complete(actor: Actor) -> UUID:
    """Answer everything and send it, through the room's own operations."""
    patient = care.own(actor)
    assert patient is not None
    for part, given in PARTS.items():
        saves = queries.standing(patient.id).draft.part(part).saves
        shown = shown_by(part, given)
        assert operations.save_part(actor, part, given, shown=shown, saves=saves)
    return operations.send(actor, queries.standing(patient.id).draft.version)
