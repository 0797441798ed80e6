"""What is filled in before anyone answers: fixed values, and what the record already says."""

from __future__ import annotations

from typing import Any

from app.clinical.sdc import coercing
from app.clinical.sdc.comparing import COMPARED_IN_A_STEP, equal, units_met
from app.clinical.sdc.evaluation import Budget, OutOfBudget
from app.clinical.sdc.extensions import parts
from app.clinical.sdc.item import Expression, Item, Json, said
from app.clinical.sdc.session import Session
from app.clinical.sdc.tree import Answer, Node, Planter

# A record with more entries than this does not fill a form.
MAX_RECORDS = 200


def fill(session: Session) -> None:
    """Fill in what the answers do not mention: fixed values and initially chosen options."""
    for place in session.nodes():
        if place.item.is_question and place.source is None and not place.values:
            values = _fixed(place.item, session.budget)
            if values:
                place.put(values)


def populate(session: Session) -> None:
    """Fill in from the launch context: repeated groups first, then each question."""
    session.write()
    _spread(session, session.top)
    session.write()
    for place in session.nodes():
        rule = place.item.initial_expression
        if rule is None or not rule.is_fhirpath or not place.item.is_question:
            continue
        found = session.result(rule, place)
        values = coercing.answers(place.item, found or [])
        if values:
            place.put(values)


def _fixed(item: Item, budget: Budget) -> list[Json]:
    values: list[Json] = []
    chosen = (option.value for option in item.options if option.selected)
    for value in (*chosen, *(_completed(item, value) for value in item.initial)):
        if len(values) == coercing.MAX_REPEATS:
            break
        try:
            if not _among(value, values, budget):
                values.append(value)
        except OutOfBudget:
            break  # What else is to be filled in waits for a person.
    return values if item.repeats else values[:1]


def _among(value: Json, values: list[Json], budget: Budget) -> bool:
    budget.pay(1 + len(values) // COMPARED_IN_A_STEP)
    for other in values:
        units_met(said(value), said(other), budget)
        if equal(said(value), said(other)):
            return True
    return False


def _completed(item: Item, value: Json) -> Json:
    """A code given without its words takes them from the list."""
    coding = value.get("valueCoding")
    if isinstance(coding, dict) and "display" not in coding:
        for option in item.options.like(coding):
            listed = option.value.get("valueCoding")
            if isinstance(listed, dict) and equal(coding, listed):
                words = {key: listed[key] for key in coercing.CODING if key in listed}
                return {"valueCoding": words | coding}
    return value


def _spread(session: Session, holder: Node | Answer) -> None:
    """Make a group once for each record its population context finds."""
    for link, nodes in holder.children.items():
        for place in list(nodes):
            rule = place.item.population
            if rule is not None and place.source is None:
                records = _records(session, place, rule)[:MAX_RECORDS]
                holder.children[link] = _one_each(place, holder, rule.name, records)
        for place in holder.children[link]:
            for inner in place.holders:
                _spread(session, inner)


def _records(session: Session, place: Node, rule: Expression) -> list[Any]:
    """What a rule finds, or what was brought under the name of a query."""
    if rule.is_fhirpath:
        return session.result(rule, place) or []
    brought = session.context.get(rule.name)
    if isinstance(brought, dict) and brought.get("resourceType") == "Bundle":
        return [each["resource"] for each in parts(brought, "entry") if "resource" in each]
    if isinstance(brought, list):
        return brought
    return [] if brought is None else [brought]


def _one_each(place: Node, holder: Node | Answer, name: str, records: list[Any]) -> list[Node]:
    item = place.item
    if not item.repeats or not records:
        place.bound[name] = records
        return [place]
    made = []
    for record in records:
        node = Node(item, holder, None)
        node.bound[name] = [record]
        Planter([]).below(node, item.items, [])
        made.append(node)
    return made
