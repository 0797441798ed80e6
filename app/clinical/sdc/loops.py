"""Finds questions and variables that wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from app.clinical.sdc import sayings
from app.clinical.sdc.expressions import mentioned
from app.clinical.sdc.item import Expression, Finding, Item
from app.clinical.sentences import Sentence

# A form with more circles than this has been said enough about.
MAX_CIRCLES = 20

Graph = Mapping[str, Iterable[str]]


def find(items: Mapping[str, Item], root: tuple[Expression, ...]) -> Iterator[Finding]:
    """A warning for each circle of conditions, of calculations and of variables."""
    for graph in (_conditions(items), _calculations(items, root), _variables(items, root)):
        for circle in circles(graph):
            shown = " → ".join(name.rpartition("\n")[2] for name in circle[:12])
            link = circle[0].partition("\n")[0]
            yield Finding(link, Sentence(sayings.LOOP, {"circle": shown}), "warning")

    for link, item in items.items():
        if _never_opens(item, items):
            shown = f"{link} → {link}"
            yield Finding(link, Sentence(sayings.LOOP, {"circle": shown}), "warning")


def _never_opens(item: Item, items: Mapping[str, Item]) -> bool:
    """Whether an answer from inside is needed before the inside is asked."""
    inside = [
        each.question in items
        and item.link_id in items[each.question].path[:-1]
        and each.operator != "!="
        and not (each.operator == "exists" and each.answer == {"valueBoolean": False})
        for each in item.conditions
    ]
    return bool(inside) and (all(inside) if item.any_condition else any(inside))


def circles(graph: Graph) -> Iterator[list[str]]:
    """One circle after the other, each broken once it has been found."""
    left = {name: set(others) for name, others in graph.items()}
    for _ in range(MAX_CIRCLES):
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            found: list[str] = error.args[1]
            yield found[::-1]
            for name in found:
                left.pop(name, None)
        else:
            return


def _conditions(items: Mapping[str, Item]) -> Graph:
    return {
        link: {condition.question for condition in item.conditions}
        for link, item in items.items()
        if item.conditions
    }


def _calculations(items: Mapping[str, Item], root: tuple[Expression, ...]) -> Graph:
    graph = {}
    for link, item in items.items():
        if item.calculated is not None:
            found = _texts(item.calculated, scope(item, items, root))
            graph[link] = {each for each in found if each in items and each != link}
    return graph


def scope(
    item: Item, items: Mapping[str, Item], root: tuple[Expression, ...]
) -> dict[str, Expression]:
    """The variables an expression of this item can name, the nearest first of each name."""
    known = {variable.name: variable for variable in root}
    for link in item.path:
        if link in items:
            known |= {variable.name: variable for variable in items[link].variables}
    return known


def _texts(expression: Expression, known: Mapping[str, Expression]) -> set[str]:
    """The texts an expression holds, itself or through the variables it names."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [expression]
    while waiting:
        for kind, word in mentioned(waiting.pop().tree):
            if kind == "text":
                found.add(word)
            elif kind == "name" and word in known and word not in seen:
                seen.add(word)
                waiting.append(known[word])
    return found


def _variables(items: Mapping[str, Item], root: tuple[Expression, ...]) -> Graph:
    graph = _named("", root, {variable.name for variable in root})
    for link, item in items.items():
        # A name may mean its own outer namesake only if it is not defined here.
        graph |= _named(link, item.variables, {variable.name for variable in item.variables})
    return graph


def _named(link: str, variables: tuple[Expression, ...], here: set[str]) -> dict[str, set[str]]:
    return {
        f"{link}\n%{variable.name}": {
            f"{link}\n%{word}"
            for kind, word in mentioned(variable.tree)
            if kind == "name" and word in here
        }
        for variable in variables
    }


def order(items: Mapping[str, Item], root: tuple[Expression, ...]) -> dict[str, int]:
    """A rank for each item: what it waits for comes first, as far as there is no circle.

    An item waits for the group it stands in, the questions its conditions name, and the
    questions its rules mention.
    """
    waits = {link: list(_waits(item, items, root)) for link, item in items.items()}
    ranks: dict[str, int] = {}
    begun: set[str] = set()
    for first in items:
        trail = [first]
        while trail:
            link = trail[-1]
            begun.add(link)
            ahead = [each for each in waits[link] if each not in begun]
            waits[link] = ahead[1:]
            if ahead:
                trail.append(ahead[0])
            else:
                ranks.setdefault(link, len(ranks))
                trail.pop()
    return ranks


def _waits(item: Item, items: Mapping[str, Item], root: tuple[Expression, ...]) -> Iterator[str]:
    yield from item.path[-2:-1]
    yield from (each.question for each in item.conditions if each.question in items)
    known = scope(item, items, root) if item.calculated or item.enable_when else {}
    for rule in (item.calculated, item.enable_when):
        if rule is not None:
            yield from sorted(_texts(rule, known) & items.keys())
