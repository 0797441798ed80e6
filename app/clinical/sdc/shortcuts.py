"""The two steps nearly every rule takes, done in one go instead of element by element.

`repeat(item)` and `where(linkId = '…')` walk all answers of a form once for each rule. In
the tree of an expression they become functions of ours that give the same, which a test
compares; for a form of 800 questions this decides between milliseconds and seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.clinical.sdc import parser
from app.clinical.sdc.evaluation import data_of, node
from app.clinical.sdc.item import Json
from app.clinical.sdc.parser import Tree

# No expression can spell these names.
ITEMS = "repeat(item)"
LINK = "where(linkId=)"
PATHS = {"Questionnaire": "Questionnaire.item"}
ANSWERS = "QuestionnaireResponse.item"


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression, with the shortcuts in it. Do not change it: it is shared."""
    tree = parser.read(text)
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if each.get("type") == "Functn":
            _shorten(each)
        waiting.extend(each.get("children", ()))
    return tree


def _shorten(call: Tree) -> None:
    name, *listed = call["children"]
    parameters = listed[0]["children"] if listed else []
    if len(parameters) != 1:
        return
    if name["text"] == "repeat" and _member(parameters[0]) == "item":
        call["children"] = [_named(ITEMS)]
    elif name["text"] == "where" and parameters[0]["type"] == "EqualityExpression":
        left, right = parameters[0]["children"]
        equal = parameters[0]["terminalNodeText"] == ["="]
        if equal and _member(left) == "linkId" and _literal(right):
            listed[0]["children"] = [right]
            call["children"] = [_named(LINK), listed[0]]


def _named(name: str) -> Tree:
    return {"type": "Identifier", "terminalNodeText": [name], "text": name}


def _member(tree: Tree) -> str:
    """The name, where a tree is nothing but a name."""
    for kind in ("TermExpression", "InvocationTerm", "MemberInvocation"):
        if tree["type"] != kind:
            return ""
        tree = tree["children"][0]
    return str(tree["text"])


def _literal(tree: Tree) -> bool:
    """Whether a tree is nothing but a text."""
    if tree["type"] != "TermExpression" or tree["children"][0]["type"] != "LiteralTerm":
        return False
    return bool(tree["children"][0]["children"][0]["type"] == "StringLiteral")


def functions() -> Json:
    """The rows of the library's table that do the shortcuts."""
    return {
        ITEMS: {"fn": _items},
        LINK: {"fn": _linked, "arity": {1: ["String"]}},
    }


def _linked(_ctx: Any, found: Any, link: str) -> list[Any]:
    kept = []
    for each in found:
        data = data_of(each)
        if isinstance(data, Mapping) and data.get("linkId") == link:
            kept.append(each)
    return kept


def _items(ctx: Any, found: Any) -> list[Any]:
    """Each different item below, level by level."""
    known = ctx.bench.items_known
    key = id(data_of(found[0])) if len(found) == 1 else 0
    if key in known:
        return list(known[key][1])
    kept = _below(ctx, found)
    if key:
        # The mapping is kept beside its items, so that no other takes its identity.
        known[key] = data_of(found[0]), kept
    return list(kept)


def _below(ctx: Any, found: Any) -> list[Any]:
    seen: set[str] = set()
    kept: list[Any] = []
    level = list(found)
    while level:
        ctx.budget.spend(len(level) // 4 + 1)
        lower = []
        for each in level:
            data = data_of(each)
            inside = data.get("item") if isinstance(data, Mapping) else None
            for item in inside if isinstance(inside, list) else ():
                text = json.dumps(item, sort_keys=True, default=str)
                ctx.budget.spend(len(text) // 2_000)
                if text not in seen:
                    seen.add(text)
                    lower.append(node(item, _path(each)))
        kept += lower
        level = lower
    return kept


def _path(holder: Any) -> str:
    path = str(getattr(holder, "path", "") or "") or str(data_of(holder).get("resourceType", ""))
    return PATHS.get(path.partition(".")[0], ANSWERS)
