"""A whole form, read and checked: what `load` finds before anyone answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.clinical.errors import FormError
from app.clinical.sdc import extensions, loops, quantities, sayings, shapes, shortcuts
from app.clinical.sdc.exact import exact, refuse
from app.clinical.sdc.expressions import mentioned, units
from app.clinical.sdc.item import Constraint, Expression, Finding, Item, Json
from app.clinical.sdc.loader import Loader
from app.clinical.sdc.reaching import Reaches
from app.clinical.sdc.valuesets import Resolver, ValueSets

# Names every expression may use without anyone defining them.
GIVEN = frozenset(
    {"resource", "rootResource", "context", "questionnaire", "qitem", "ucum", "sct", "loinc", "now"}
)


@dataclass(frozen=True, eq=False)
class Definition:
    """The items of a form, by name and in order, and what belongs to the form as a whole."""

    source: Json = field(repr=False)
    items: tuple[Item, ...]
    by_link: Mapping[str, Item]
    variables: tuple[Expression, ...]
    constraints: tuple[Constraint, ...]
    launch: Mapping[str, str]
    warnings: tuple[Finding, ...]
    weights: Mapping[tuple[str, str], Decimal | None]
    ranks: Mapping[str, int]
    reaches: Reaches
    # The place of each item in the form.
    places: Mapping[str, int]


def read(questionnaire: Any, resolver: Resolver | None) -> Definition:
    """Read a questionnaire; `FormError` with all that makes it unusable."""
    if not isinstance(questionnaire, Mapping):
        refuse(sayings.NOT_A_FORM)
    source: Json = exact(questionnaire)
    loader = Loader(ValueSets(source, resolver))
    if source.get("resourceType") != "Questionnaire":
        loader.note("", sayings.NOT_A_FORM)
        raise _error(loader.findings)
    if not loader.expressions.weigh(source):
        raise _error(loader.findings)
    _head(source, loader)
    shapes.form(source, loader.note)
    return _checked(source, loader, loader.items(source))


def _checked(source: Json, loader: Loader, items: tuple[Item, ...]) -> Definition:
    """The form's parts, looked at together."""
    by_link = {each.link_id: each for item in items for each in item.walk()}
    variables = loader.expressions.variables(source, "")
    launch = _launch(source)
    expected = extensions.value(source, "assemble-expectation")
    if expected is not None:
        loader.note("", sayings.ASSEMBLED, "warning")
    _references(by_link, loader, is_part="child" in str(expected))
    _units(source, by_link, variables, loader)
    _names(by_link, variables, launch, source, loader)
    # What it finds is not kept: a form that waits to be asked stays small.
    _rules(by_link, Reaches(by_link.values(), variables), loader)
    loader.findings.extend(loops.find(by_link, variables))
    if any(finding.is_error for finding in loader.findings):
        raise _error(loader.findings)
    return Definition(
        source,
        items,
        by_link,
        variables,
        loader.expressions.constraints(source, ""),
        launch,
        tuple(loader.findings),
        _weights(by_link),
        loops.order(by_link, variables),
        Reaches(by_link.values(), variables),
        {link: at for at, link in enumerate(by_link)},
    )


def _error(findings: list[Finding]) -> FormError:
    errors = [finding for finding in findings if finding.is_error]
    return FormError([(finding.link_id, str(finding.sentence)) for finding in errors])


def _head(source: Json, loader: Loader) -> None:
    if source.get("implicitRules"):
        loader.note("", sayings.IMPLICIT_RULES)
    if source.get("modifierExtension"):
        loader.note("", sayings.MODIFIED)
    if not source.get("status"):
        loader.note("", sayings.NO_STATUS, "warning")
    if not source.get("item"):
        loader.note("", sayings.NOTHING_ASKED, "warning")


def _launch(source: Json) -> dict[str, str]:
    """Names of what the caller brings, and the kind of resource each is."""
    found = {}
    for extension in extensions.every(source, "launchContext"):
        name = extensions.value(extension, "name")
        if isinstance(name, dict):
            name = name.get("code")
        if isinstance(name, str) and name:
            found[name] = str(extensions.value(extension, "type") or "")
    return found


def _references(by_link: Mapping[str, Item], loader: Loader, *, is_part: bool) -> None:
    """A part of a larger form may ask about questions of the whole."""
    for link, item in by_link.items():
        if item.source.get("modifierExtension"):
            loader.note(link, sayings.MODIFIED)
        for condition in item.conditions:
            if condition.question not in by_link:
                question, severity = condition.question[:80], "warning" if is_part else "error"
                loader.note(link, sayings.CONDITION_UNKNOWN, severity, question=question)
            elif condition.question == link:
                loader.note(link, sayings.CONDITION_ITSELF, "warning")


def _units(
    source: Json,
    by_link: Mapping[str, Item],
    variables: tuple[Expression, ...],
    loader: Loader,
) -> None:
    found = set(quantities.units_in(source))
    for item in by_link.values():
        found.update(str(each.get("code") or "") for each in (*item.units, item.unit or {}))
        found.update(unit for each in _expressions(item) for unit in units(each.tree))
    found.update(unit for each in variables for unit in units(each.tree))
    if len(found) > quantities.MAX_UNITS:
        loader.note("", sayings.TOO_MANY_UNITS, most=quantities.MAX_UNITS)


def _queried(source: Json) -> Iterator[str]:
    """Names of queries whose results a person chooses from."""
    for kind in ("candidateExpression", "answerExpression", "contextExpression"):
        for value in extensions.values(source, kind):
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                yield value["name"]


def _brought(source: Json, launch: Mapping[str, str]) -> set[str]:
    """Names the caller may bring: launch context and the queries of the form."""
    names = set(launch) | GIVEN
    for name in ("sourceQueries", "assembleContext", "launchContext"):
        for value in extensions.values(source, name):
            reference = value.get("reference") if isinstance(value, dict) else value
            if isinstance(reference, str):
                names.add(reference.removeprefix("#"))
    return names


def _names(
    by_link: Mapping[str, Item],
    variables: tuple[Expression, ...],
    launch: Mapping[str, str],
    source: Json,
    loader: Loader,
) -> None:
    for variable in variables:
        if variable.name in launch:
            loader.note("", sayings.NAME_TWICE, name=variable.name)
    brought = _brought(source, launch)
    populations = {each.population.name for each in by_link.values() if each.population}
    populations |= {name for each in by_link.values() for name in _queried(each.source)}
    known_above = brought | {variable.name for variable in variables} | populations
    for link, item in by_link.items():
        known = known_above | set(loops.scope(item, by_link, variables))
        used = {name for each in _expressions(item) for name in _used(each)}
        for name in sorted(used - known):
            if not name.startswith(("vs-", "ext-")):
                loader.note(link, sayings.NAME_UNKNOWN, "warning", name=name[:60])


def _rules(by_link: Mapping[str, Item], reaches: Reaches, loader: Loader) -> None:
    """Tell of rules that call what we do not know, or look at their own answer."""
    for link, item in by_link.items():
        listed = list(_expressions(item))
        called = {w for each in listed for kind, w in mentioned(each.tree) if kind == "call"}
        for name in sorted(called - shortcuts.FUNCTIONS - shortcuts.OURS):
            loader.note(link, sayings.FUNCTION_UNKNOWN, "warning", name=name[:60])
        own = (rule for rule in (item.calculated, item.enable_when) if rule is not None)
        if any(link in (reaches.of(rule) or ()) for rule in own):
            loader.note(link, sayings.RULE_ITSELF, "warning")


def _used(expression: Expression) -> Iterator[str]:
    return (word for kind, word in mentioned(expression.tree) if kind == "name")


def _expressions(item: Item) -> Iterator[Expression]:
    yield from item.variables
    yield from (constraint.expression for constraint in item.constraints)
    for each in (item.calculated, item.enable_when, item.initial_expression, item.population):
        if each is not None:
            yield each


def _weights(by_link: Mapping[str, Item]) -> dict[tuple[str, str], Decimal | None]:
    """The weight of a code anywhere in the form; None where places disagree."""
    found: dict[tuple[str, str], Decimal | None] = {}
    for item in by_link.values():
        for option in item.options:
            coding = option.value.get("valueCoding")
            if option.weight is None or not isinstance(coding, dict):
                continue
            key = (str(coding.get("system", "")), str(coding.get("code", "")))
            found[key] = option.weight if found.get(key, option.weight) == option.weight else None
    return found
