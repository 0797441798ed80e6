"""Boards: pages that many rooms fill. Each room registers what it puts there.

`TODAY` is a person's first page; `CHART` is what staff see of one patient; `RESULTS` stands beside
the readings on a patient's page of results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.access import holds, with_carers
from app.kernel.actor import Actor, Power, Role


@dataclass(frozen=True, slots=True)
class Step:
    """One bead on the thread. `turn` means that the person is expected to act."""

    heading: object
    text: object = ""
    href: str | None = None
    action: object | None = None
    turn: bool = False
    done: bool = False
    at: datetime | None = None
    order: int = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A whole card: a template of the room, with what it shows. `side` puts it in the aside."""

    template: str
    context: dict[str, object] = field(default_factory=dict)
    side: bool = False
    order: int = 50


Provider = Callable[..., Iterable[Step | Card]]


class Board:
    """A page filled by registration, so that lower rooms need not know higher ones."""

    def __init__(self) -> None:
        self._providers: dict[Provider, tuple[frozenset[Role], Power | None]] = {}

    def offers(self, *roles: Role, carers: Power | None = None) -> Callable[[Provider], Provider]:
        """Register `provider(actor, *subject)`, asked when someone with these roles looks.

        With `carers`, also when a carer looks whom their patient gave that power.
        """

        def register(provider: Provider) -> Provider:
            self._providers[provider] = (with_carers(roles, carers), carers)
            return provider

        return register

    def gather(self, actor: Actor, *subject: object) -> tuple[list[Step], list[Card]]:
        """Everything for this person: steps in order, and cards in order."""
        items = [
            item
            for provider, (roles, carers) in self._providers.items()
            if actor.role in roles and holds(actor, carers)
            for item in provider(actor, *subject)
        ]
        steps = [item for item in items if isinstance(item, Step)]
        cards = [item for item in items if isinstance(item, Card)]
        return sorted(steps, key=_order), sorted(cards, key=_order)


def _order(item: Step | Card) -> int:
    return item.order


TODAY = Board()
CHART = Board()
RESULTS = Board()
