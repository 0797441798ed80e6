"""Works out what is asked and what is calculated until nothing changes any more."""

from __future__ import annotations

from typing import Any

from app.clinical.sdc import coercing, comparing, sayings
from app.clinical.sdc.evaluation import OutOfBudget, data_of
from app.clinical.sdc.item import Condition, Expression, Finding
from app.clinical.sdc.session import Session, parent
from app.clinical.sdc.tree import Node, nearest
from app.clinical.sdc.writing import rewrite
from app.clinical.sentences import Sentence

# Rounds in which rules may still change each other; a chain this long is no form.
MAX_ROUNDS = 12
MAX_SWITCHES = 12
# What still changes after so many rounds does not come to rest by itself.
RESTLESS = 6
# How often rules without rest are taken out before we leave it at that.
MAX_TRIES = 3


def settle(session: Session) -> None:
    """Work out all rules of a session.

    A rule that never comes to rest is taken out: its question is left without an answer, or
    is asked, and both are told.
    """
    _Settling(session).run()


class _Settling:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._restless: set[Node] = set()
        self._out: set[Node] = set()
        # Calculated here, so that a rule that fails later does not leave it behind.
        self._put: set[Node] = set()
        # When each rule was last worked out.
        self._done: dict[tuple[Node, str], int] = {}

    def run(self) -> None:
        for _ in range(MAX_TRIES):
            if self._rounds():
                return
            switching = any(place.item.enable_when is not None for place in self._restless)
            self._unsettled(sayings.UNSETTLED if switching else sayings.CHANGING)
            self._take_out()
        self._switch()
        self._session.write()

    def _rounds(self) -> bool:
        """Whether nothing changes any more in the end."""
        self._restless.clear()
        for number in range(MAX_ROUNDS):
            if number == RESTLESS:
                self._restless.clear()
            self._switch()
            self._session.write()
            if not self._switch_by_rule() and not self._calculate():
                return True
        return False

    def _take_out(self) -> None:
        for place in self._restless:
            self._session.failed[place] = sayings.RULE_UNSETTLED
            if place.item.calculated is not None:
                place.put([])
            if place.item.enable_when is not None:
                self._session.undecided.add(place)
            place.own_enabled = True
            self._session.change(place)
        self._out |= self._restless

    def _unsettled(self, saying: str) -> None:
        finding = Finding("", Sentence(saying), "warning")
        if finding not in self._session.findings:
            self._session.findings.append(finding)

    def _ordered(self) -> list[Node]:
        """All nodes, each after those it waits for."""
        ranks = self._session.definition.ranks
        return sorted(self._session.nodes(), key=lambda place: ranks[place.item.link_id])

    def _switch(self) -> None:
        """Find what is enabled by conditions on answers, given what the rules said last."""
        everything = self._ordered()
        for _ in range(MAX_SWITCHES):
            changed = False
            for place in everything:
                above = parent(place)
                enabled = (above is None or above.enabled) and place.own_enabled
                enabled = enabled and self._conditions_met(place)
                if enabled is not place.enabled:
                    place.enabled, changed = enabled, True
                    self._session.change(place)
            if not changed:
                return
        self._unsettled(sayings.UNSETTLED)

    def _conditions_met(self, place: Node) -> bool:
        conditions = place.item.conditions
        if not conditions:
            return True
        enough = any if place.item.any_condition else all
        try:
            return enough(self._met(place, each) for each in conditions)
        except OutOfBudget:
            self._session.failed[place] = sayings.RULE_TOO_LONG
            self._session.undecided.add(place)
            return True  # as with a rule that fails: better asked than not

    def _met(self, place: Node, condition: Condition) -> bool:
        """Asks for the answers as near to the place as the form asks the question."""
        budget = self._session.budget
        budget.pay(0)
        question = self._session.definition.by_link.get(condition.question)
        if question is None:
            return True  # It stands in the form this one is a part of.
        asked = nearest(place, question)
        budget.pay(len(asked) // comparing.COMPARED_IN_A_STEP)
        found = [value for each in asked if each.enabled for value in each.values]
        return comparing.met(condition, found, budget)

    def _rules(self, places: list[Node], name: str) -> list[tuple[Node, Expression]]:
        rules = ((place, getattr(place.item, name)) for place in places)
        return [
            (place, rule)
            for place, rule in rules
            if rule is not None and rule.is_fhirpath and place not in self._out
        ]

    def _switch_by_rule(self) -> bool:
        changed = False
        for place, rule in self._rules(self._session.nodes(), "enable_when"):
            if not self._is_due(place, rule):
                continue
            found = self._session.result(rule, place)
            # A rule that fails hides nothing: better asked once too often than not asked.
            enabled = found is None or _true(found)
            undecided = self._session.undecided
            (undecided.add if found is None else undecided.discard)(place)
            if enabled is not place.own_enabled:
                place.own_enabled, changed = enabled, True
                self._restless.add(place)
        return changed

    def _calculate(self) -> bool:
        changed = False
        for place, rule in self._rules(self._ordered(), "calculated"):
            asked = place.item.is_question and place.enabled
            if asked and self._is_due(place, rule) and self._calculated(place, rule):
                self._restless.add(place)
                changed = True
        return changed

    def _is_due(self, place: Node, rule: Expression) -> bool:
        """Whether a rule may give something else than when it was last worked out."""
        changes, key = self._session.changes, (place, rule.text)
        due = key not in self._done or changes.since(self._done[key], rule)
        if due:
            self._done[key] = changes.count
        return due

    def _calculated(self, place: Node, rule: Expression) -> bool:
        """Whether the answer is another one now."""
        session = self._session
        found = session.result(rule, place)
        if found is None and place not in self._put:
            return False
        values = place.given if found is None else coercing.answers(place.item, found)
        try:
            if comparing.same(values, place.values, session.budget):
                return False
        except OutOfBudget:
            session.failed[place] = sayings.RULE_TOO_LONG
            values = place.given
        (self._put.discard if found is None else self._put.add)(place)
        place.put(values)
        session.change(place)
        rewrite(place)
        session.weigh([place])
        return True


def _true(found: list[Any]) -> bool:
    return bool(found) and data_of(found[0]) not in (False, None)
