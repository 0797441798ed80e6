"""What is wrong with answers: each finding names its question and says it in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.clinical.sdc import limits, sayings
from app.clinical.sdc.comparing import COMPARED_IN_A_STEP, equal, same
from app.clinical.sdc.evaluation import Budget, EvaluationFailed, data_of
from app.clinical.sdc.exact import plain
from app.clinical.sdc.item import VALUE_KEYS, Constraint, Finding, Item, Json, said
from app.clinical.sdc.session import Session
from app.clinical.sdc.tree import Answer, Node
from app.clinical.sentences import Sentence

FINISHED = ("completed", "amended")
# Where a constraint says it is to be shown: item.where(linkId='…').
LOCATION = re.compile(r"linkId\s*=\s*'([^']{1,200})'")


def check(session: Session) -> list[Finding]:
    """All findings about the response, in the order of the form."""
    found = list(session.findings)
    found += _below(session, session.top)
    for constraint in session.definition.constraints:
        found += _constraint(session, session.top, constraint)
    return list(dict.fromkeys(found))


def _below(session: Session, holder: Node | Answer) -> Iterator[Finding]:
    for nodes in holder.children.values():
        item = nodes[0].item if nodes else None
        if item is None:
            continue
        if item.type == "group":
            yield from _repeats(session, item, nodes)
        for place in nodes:
            if place.enabled:
                yield from _node(session, place)
            elif place.given:
                yield _finding(item, sayings.NOT_ENABLED, "warning")


def _node(session: Session, place: Node) -> Iterator[Finding]:
    item = place.item
    if item.is_question:
        yield from _question(session, place)
    elif place in session.failed:
        yield _finding(item, session.failed[place], "warning")
    # A condition on an unanswered part would be broken before anyone has begun.
    if place.doc.get("item") or place.doc.get("answer"):
        for constraint in item.constraints:
            yield from _constraint(session, place, constraint)
    for holder in place.holders:
        yield from _below(session, holder)


def _finding(item: Item, text: str, severity: str = "error", **values: Any) -> Finding:
    return Finding(item.link_id, Sentence(text, values), severity)


def _repeats(session: Session, item: Item, nodes: list[Node]) -> Iterator[Finding]:
    filled = [place for place in nodes if place.doc.get("item")]
    enabled = any(place.enabled for place in nodes)
    if enabled and item.required and not filled:
        if any(session.is_decided(place) for place in nodes):
            yield _finding(item, sayings.REQUIRED_GROUP)
    elif enabled:
        yield from _count(item, len(filled))


def _count(item: Item, number: int) -> Iterator[Finding]:
    least, most = item.limits.get("minOccurs"), item.limits.get("maxOccurs")
    if least is not None and 0 < number < least:
        yield _finding(item, sayings.AT_LEAST, least=least)
    if least and number == 0 and item.required:
        yield _finding(item, sayings.AT_LEAST, least=least)
    if most is not None and number > most:
        yield _finding(item, sayings.AT_MOST, most=most)
    if number > 1 and not item.repeats:
        yield _finding(item, sayings.ONLY_ONE)


def _question(session: Session, place: Node) -> Iterator[Finding]:
    item, values = place.item, place.values
    if item.calculated is not None:
        yield from _total(session, place)
    elif place in session.failed:
        yield _finding(item, session.failed[place], "warning")
    if not values:
        if item.required and session.is_decided(place):
            yield _finding(item, sayings.REQUIRED)
        return
    yield from _count(item, len(values))
    worked_out: Json = {}
    for name, rule in item.limit_rules:
        try:
            session.begin(rule, place)
            limit = limits.worked_out(session.work_out(rule, place))
            worked_out |= {} if limit is None else {name: limit}
        except EvaluationFailed:
            yield _finding(item, sayings.LIMIT_FAILED, "warning")
    for value in values:
        yield from _answer(item, value, session.budget, worked_out)
    yield from _alone(item, values)
    yield from _toggled(session, place)
    yield from _offered(session, place)


def _total(session: Session, place: Node) -> Iterator[Finding]:
    """A worked-out value that is not what was handed in."""
    item = place.item
    if place in session.failed:
        yield _finding(item, session.failed[place], "warning")
    elif place.given and not _agree(place.given, place.values, session.budget):
        given, worked_out = (_shown(values) for values in (place.given, place.values))
        yield _finding(item, sayings.TOTAL_DIFFERS, given=given, worked_out=worked_out)


def _agree(given: list[Json], worked_out: list[Json], budget: Budget) -> bool:
    try:
        if same(given, worked_out, budget):
            return True
    except EvaluationFailed:
        pass  # Too many units to compare: then the numbers are.
    # {score} and 1 and no unit at all are one for a total.
    numbers = [[_amount(said(each)) for each in values] for values in (given, worked_out)]
    return numbers[0] == numbers[1] and None not in numbers[0]


def _amount(value: Any) -> Any:
    if isinstance(value, dict):
        unit = str(value.get("code") or value.get("unit") or "")
        bare = not unit or unit == "1" or unit.startswith("{")
        return value.get("value") if bare else None
    return None if isinstance(value, str | bool) else value


def _shown(values: list[Json]) -> str:
    shown = []
    for each in values:
        value = plain(said(each))
        if isinstance(value, dict):
            value = value.get("value", value.get("display", value.get("code")))
        shown.append(str(value))
    return ", ".join(shown)[:200] or "-"


def _answer(item: Item, value: Json, budget: Budget, worked_out: Json) -> Iterator[Finding]:
    """What is wrong with one answer by itself."""
    keys = [key for key in value if key.startswith("value")]
    listed = keys and item.is_choice and any(keys[0] in option.value for option in item.options)
    if len(keys) != 1 or not (listed or keys[0] in VALUE_KEYS[item.type]):
        yield _finding(item, sayings.WRONG_KIND)
        return
    found = value[keys[0]]
    if not limits.of_type(keys[0], found):
        yield _finding(item, sayings.WRONG_KIND)
        return
    if item.is_choice or item.options:
        yield from _option(item, keys[0], found)
    for text, said_values, severity in limits.broken(item, found, budget, worked_out):
        yield _finding(item, text, severity, **said_values)


def _option(item: Item, key: str, found: Any) -> Iterator[Finding]:
    if any(equal(found, said(option.value)) for option in item.options.like(found)):
        return
    # To an open choice, another answer is a text; a code is one of the list.
    coded = key == "valueCoding" and "code" in found and item.lists_its_codes
    if (item.closed or coded) and item.options:
        yield _finding(item, sayings.NOT_AN_OPTION)
    elif item.type == "choice" and key == "valueString" and not item.options:
        yield _finding(item, sayings.WRONG_KIND, "warning")


def _alone(item: Item, values: list[Json]) -> Iterator[Finding]:
    """An answer such as "none of these" that stands beside another."""
    if len(values) > 1 and any(_exclusive(item, said(value)) for value in values):
        yield _finding(item, sayings.NOT_ALONE)


def _exclusive(item: Item, found: Any) -> bool:
    listed = item.options.like(found)
    return any(option.exclusive and equal(found, said(option.value)) for option in listed)


def _toggled(session: Session, place: Node) -> Iterator[Finding]:
    """Answers that may not be chosen at present (answerOptionsToggleExpression)."""
    for toggle in place.item.toggles:
        options, rule = toggle
        try:
            session.budget.pay(1 + len(place.values) * len(options) // COMPARED_IN_A_STEP)
            if not any(equal(said(one), each) for one in place.values for each in options):
                continue
            session.begin(rule, place)
            found = session.work_out(rule, place)
        except EvaluationFailed:
            continue  # As with conditions: a rule that fails takes nothing away.
        if found and data_of(found[0]) is False:
            yield _finding(place.item, sayings.NOT_AN_OPTION)


def _offered(session: Session, place: Node) -> Iterator[Finding]:
    """Answers that are not among those a rule offers (answerExpression)."""
    rule = place.item.offered
    if rule is None or not rule.is_fhirpath or place.item.type != "choice":
        return
    try:
        session.begin(rule, place)
        found = [data_of(each) for each in session.work_out(rule, place)]
        session.budget.pay(1 + len(found) * len(place.values) // COMPARED_IN_A_STEP)
    except EvaluationFailed:
        return  # As with conditions: a rule that fails takes nothing away.
    # A record that is offered is chosen by what a person reads of it, which we do not know.
    comparable = found and not any(isinstance(e, dict) and "resourceType" in e for e in found)
    for value in place.values if comparable else ():
        if not any(equal(said(value), each) for each in found):
            yield _finding(place.item, sayings.NOT_AN_OPTION)


def _constraint(session: Session, place: Node, constraint: Constraint) -> Iterator[Finding]:
    named = LOCATION.findall(constraint.location)
    known = bool(named) and named[-1] in session.definition.by_link
    link = named[-1] if known else place.item.link_id
    try:
        session.begin(constraint.expression, place)
        found = session.work_out(constraint.expression, place)
    except EvaluationFailed:
        yield Finding(link, Sentence(sayings.RULE_FAILED), "warning")
        return
    # Nothing to compare yet is not a contradiction.
    if found and data_of(found[0]) is False:
        reason = constraint.human or constraint.key
        yield Finding(link, Sentence(sayings.NOT_TRUE, {"reason": reason}), constraint.severity)
