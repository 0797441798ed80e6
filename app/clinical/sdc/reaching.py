"""Which answers a rule looks at, so that it is worked out anew only when one of them changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.clinical.sdc import shortcuts
from app.clinical.sdc.item import Expression, Item
from app.clinical.sdc.parser import Tree

# None: it may look at any answer.
Reach = frozenset[str] | None

ANSWERS = frozenset({"resource", "rootResource", "context"})
# Functions whose arguments look at each element, not at the place of the rule.
ELEMENTWISE = frozenset({"where", "select", "exists", "all", "repeat", "aggregate"})
TYPED = frozenset({"ofType", "is", "as"})
# Functions that begin a path without looking at anything themselves.
ROOTLESS = frozenset({"iif", "today", "now", "timeOfDay"})


class _Seen(NamedTuple):
    """What one expression looks at by itself."""

    links: frozenset[str]
    names: frozenset[str]
    anything: bool


class Reaches:
    """What each expression of one form looks at, through the variables it names too."""

    def __init__(self, items: Iterable[Item], root: tuple[Expression, ...]) -> None:
        self._named: dict[str, list[Expression]] = {}
        for variable in (*root, *(each for item in items for each in item.variables)):
            self._named.setdefault(variable.name, []).append(variable)
        self._seen: dict[str, _Seen] = {}
        self._known: dict[Expression, Reach] = {}

    def of(self, expression: Expression) -> Reach:
        """The linkIds an expression looks at; None where it may look at any."""
        if expression not in self._known:
            self._known[expression] = self._found(expression)
        return self._known[expression]

    def _found(self, expression: Expression) -> Reach:
        links: set[str] = set()
        names: set[str] = set()
        waiting = [expression]
        while waiting:
            seen = self._look(waiting.pop())
            if seen.anything:
                return None
            links |= seen.links
            for name in seen.names - names:
                # Of one name there may be several; all of them are taken.
                waiting += self._named.get(name, ())
            names |= seen.names
        return frozenset(links)

    def _look(self, expression: Expression) -> _Seen:
        if expression.text not in self._seen:
            looker = _Looker()
            if expression.tree is not None:
                looker.run(expression.tree["children"][0])
            self._seen[expression.text] = _Seen(
                frozenset(looker.links), frozenset(looker.names), looker.anything
            )
        return self._seen[expression.text]


class _Looker:
    def __init__(self) -> None:
        self.links: set[str] = set()
        self.names: set[str] = set()
        self.anything = False
        self._waiting: list[tuple[Tree, bool]] = []

    def run(self, tree: Tree) -> None:
        """Note all that a tree looks at. A path may be thousands of steps long."""
        self.look(tree, at_place=True)
        while self._waiting:
            each, at_place = self._waiting.pop()
            self._look(each, at_place=at_place)

    def look(self, tree: Tree, *, at_place: bool) -> None:
        """Look at a tree later; `at_place` where names mean parts of the rule's place."""
        self._waiting.append((tree, at_place))

    def _look(self, tree: Tree, *, at_place: bool) -> None:
        kind = tree["type"]
        if kind == "InvocationExpression":
            self._path(tree, at_place=at_place)
        elif kind == "InvocationTerm":
            self._step(tree["children"][0], at_place=at_place, begins=True)
        elif kind == "ExternalConstant":
            name = tree["children"][0]["text"].strip("`")
            self.names.add(name)
            self.anything |= name in ANSWERS
        else:
            for each in tree.get("children", ()):
                self.look(each, at_place=at_place)

    def _path(self, tree: Tree, *, at_place: bool) -> None:
        before, step = tree["children"]
        if shortcuts.called(step) in shortcuts.PLACED:
            # Where the answers are looked for is known; only which ones matters.
            self._placed(step)
            base = _base(before)
            if not _is_answers(base):
                self.look(base, at_place=at_place)
            return
        self.look(before, at_place=at_place)
        self._step(step, at_place=at_place, begins=False)

    def _placed(self, step: Tree) -> None:
        for literal in step["children"][0]["children"][1]["children"]:
            self.links.add(literal["text"][1:-1].replace("\\'", "'"))

    def _step(self, step: Tree, *, at_place: bool, begins: bool) -> None:
        name = shortcuts.called(step)
        if begins and name in shortcuts.PLACED:
            self._placed(step)
            return
        if begins and at_place and name not in ROOTLESS:
            self.anything = True
        if name and name not in TYPED:
            within = at_place and name not in ELEMENTWISE
            for each in step["children"][0]["children"][1:]:
                for parameter in each.get("children", ()):
                    self.look(parameter, at_place=within)


def _base(tree: Tree) -> Tree:
    """Where a row of shortcuts begins: the last of them finds the answers."""
    while tree["type"] == "InvocationExpression":
        before, step = tree["children"]
        if shortcuts.called(step) not in shortcuts.PLACED:
            return tree
        tree = before
    return tree


def _is_answers(tree: Tree) -> bool:
    """Whether a tree is `%resource` or another name of the answers, and nothing else."""
    for kind in ("TermExpression", "ExternalConstantTerm", "ExternalConstant"):
        if tree["type"] != kind:
            return False
        tree = tree["children"][0]
    return tree["text"] in ANSWERS
