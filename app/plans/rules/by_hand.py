"""Plans without software: what in a plan is software's own, and how such a plan is told apart."""

from __future__ import annotations

from app.plans.rules.lines import Decision

# The fingerprint of no rules at all: nothing that rules say is the same as this.
BASIS = ""


def is_softwares(rule_id: str | None, decision: Decision) -> bool:
    """Whether a line is what a rule wrote, and nobody has made it theirs by deciding about it."""
    return rule_id is not None and decision is Decision.UNDECIDED


def rests_on_no_rules(basis: str) -> bool:
    """Whether a plan was begun, or freed, without rules."""
    return basis == BASIS
