"""What changed: between two plans, and between a review and the evidence of now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.plans.rules.lines import Suggestion


@dataclass(frozen=True, slots=True)
class Changes:
    """Two plans compared, line by line; a changed line is (before, after)."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the comparison sees it: who it is, its heading, and everything it says."""

    key: str
    heading: str
    content: object


def between(before: Iterable[Line], after: Iterable[Line]) -> Changes:
    """What a reader of the plan before will find different."""
    old: Mapping[str, Line] = {one.key: one for one in before}
    new: Mapping[str, Line] = {one.key: one for one in after}
    return Changes(
        added=tuple(one.heading for key, one in new.items() if key not in old),
        removed=tuple(one.heading for key, one in old.items() if key not in new),
        changed=tuple(
            (old[key].heading, one.heading)
            for key, one in new.items()
            if key in old and old[key].content != one.content
        ),
    )


@dataclass(frozen=True, slots=True)
class News:
    """What the evidence of now says that the lines under review do not."""

    added: tuple[Suggestion, ...] = ()
    changed: tuple[Suggestion, ...] = ()
    gone: tuple[Suggestion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def news(lines: Sequence[Suggestion], fresh: Sequence[Suggestion]) -> News:
    """Compare the suggestions under review with those of now."""
    before = {one.rule_id: one for one in lines}
    now = {one.rule_id: one for one in fresh}
    return News(
        added=tuple(one for key, one in now.items() if key not in before),
        changed=tuple(
            one for key, one in now.items() if key in before and not one.same_as(before[key])
        ),
        gone=tuple(one for key, one in before.items() if key not in now),
    )
