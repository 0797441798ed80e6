"""When which answers changed, so that a rule is worked out anew only when it must be."""

from __future__ import annotations

from app.clinical.sdc.item import Expression, Item
from app.clinical.sdc.reaching import Reaches


class Changes:
    """The changes of one look at a response, counted."""

    def __init__(self, reaches: Reaches) -> None:
        self._reaches = reaches
        self._last: dict[str, int] = {}
        self.count = 0

    def note(self, item: Item) -> None:
        """An item changed: with it what it stands in, and what stands below it."""
        self.count += 1
        for link in item.path:
            self._last[link] = self.count
        for below in item.items:
            for each in below.walk():
                self._last[each.link_id] = self.count

    def since(self, when: int, rule: Expression) -> bool:
        """Whether something a rule looks at changed since the count was `when`."""
        if self.count == when:
            return False
        reach = self._reaches.of(rule)
        return reach is None or any(self._last.get(link, 0) > when for link in reach)
