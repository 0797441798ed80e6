"""The steps nearly every rule takes, done in one go instead of element by element.

`repeat(item)`, `descendants()` and `where(linkId = '…')` walk all answers of a form once for
each rule. In the tree of an expression they become functions of ours that give the same,
which a test compares; for a form of 800 questions this decides between milliseconds and
seconds.
"""

from __future__ import annotations

from functools import lru_cache

from app.clinical.sdc import parser
from app.clinical.sdc.evaluation import MEMBER
from app.clinical.sdc.parser import Tree

# No expression can spell these names.
ITEMS = "repeat(item)"
LINK = "where(linkId=)"
CHILD_LINK = "item.where(linkId=)"
ITEMS_LINK = "repeat(item).where(linkId=)"
BELOW_LINK = "descendants().where(linkId=)"
# The function a step before where(linkId = '…') makes of both together.
JOINED = {ITEMS: ITEMS_LINK, "descendants": BELOW_LINK}
# What an expression may call; a test compares it with the table it is worked out by.
FUNCTIONS = frozenset({
    "abs", "aggregate", "all", "allFalse", "allTrue", "answers", "anyFalse", "anyTrue",
    "as", "avg", "ceiling", "children", "coalesce", "combine", "contains",
    "convertsToBoolean", "convertsToDate", "convertsToDateTime", "convertsToDecimal",
    "convertsToInteger", "convertsToQuantity", "convertsToString", "convertsToTime",
    "count", "decode", "descendants", "distinct", "empty", "encode", "endsWith", "exclude",
    "exists", "exp", "extension", "first", "floor", "iif", "indexOf", "intersect", "is",
    "isDistinct", "join", "last", "length", "ln", "log", "lower", "matches", "matchesFull",
    "max", "min", "not", "now", "ofType", "ordinal", "power", "repeat", "replace",
    "replaceMatches", "round", "select", "single", "skip", "split", "sqrt", "startsWith",
    "subsetOf", "substring", "sum", "supersetOf", "tail", "take", "timeOfDay", "toBoolean",
    "toChars", "toDate", "toDateTime", "toDecimal", "toInteger", "toQuantity", "toString",
    "toTime", "today", "trace", "trim", "truncate", "type", "union", "upper", "weight",
    "where",
})  # fmt: skip
PLACED = frozenset({CHILD_LINK, ITEMS_LINK, BELOW_LINK})
OURS = PLACED | {ITEMS, LINK}


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression, with the shortcuts in it. Do not change it: it is shared."""
    tree = parser.read(text)
    found, waiting = [], [tree]
    while waiting:
        each = waiting.pop()
        if each.get("type") == "Functn":
            _shorten(each)
        elif each.get("type") == "InvocationExpression":
            found.append(each)
        waiting.extend(each.get("children", ()))
    for path in reversed(found):
        _join(path)
    _count(tree)
    return tree


def _count(tree: Tree) -> None:
    """Have each step down counted."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if each.get("type") == "MemberInvocation":
            each["type"] = MEMBER
        waiting.extend(each.get("children", ()))


def _shorten(call: Tree) -> None:
    name, *listed = call["children"]
    parameters = listed[0]["children"] if listed else []
    if len(parameters) != 1:
        return
    if name["text"] == "repeat" and _member(parameters[0]) == "item":
        call["children"] = [_named(ITEMS)]
    elif name["text"] == "where":
        links = _links(parameters[0])
        if links:
            listed[0]["children"] = links
            call["children"] = [_named(LINK), listed[0]]


def _links(asked: Tree) -> list[Tree]:
    """The texts of `linkId = 'a' or linkId = 'b'`; nothing where it is another question."""
    if asked["type"] == "TermExpression" and asked["children"][0]["type"] == "ParenthesizedTerm":
        return _links(asked["children"][0]["children"][0])
    signs = asked["terminalNodeText"]
    if asked["type"] == "OrExpression" and signs == ["or"]:
        sides = [_links(side) for side in asked["children"]]
        return sides[0] + sides[1] if all(sides) else []
    if asked["type"] == "EqualityExpression" and signs == ["="]:
        left, right = asked["children"]
        return [right] if _member(left) == "linkId" and _literal(right) else []
    if asked["type"] == "MembershipExpression" and signs == ["in"]:
        left, right = asked["children"]
        return _texts(right) if _member(left) == "linkId" else []
    return []


def _texts(union: Tree) -> list[Tree]:
    if _literal(union):
        return [union]
    if union["type"] == "TermExpression" and union["children"][0]["type"] == "ParenthesizedTerm":
        return _texts(union["children"][0]["children"][0])
    if union["type"] != "UnionExpression":
        return []
    sides = [_texts(side) for side in union["children"]]
    return sides[0] + sides[1] if all(sides) else []


def _join(path: Tree) -> None:
    """Make one step of `item.where(linkId = '…')` and its like."""
    before, step = path["children"]
    if called(step) != LINK:
        return
    last = before["children"][-1] if before["type"] == "InvocationExpression" else _start(before)
    joined = JOINED.get(called(last))
    if last["type"] == "MemberInvocation" and last["children"][0]["text"] == "item":
        joined = CHILD_LINK
    if joined is None:
        return
    call = step["children"][0]
    call["children"] = [_named(joined), call["children"][1]]
    if before["type"] == "InvocationExpression":
        path["children"] = [before["children"][0], step]
    else:
        start = {"type": "InvocationTerm", "terminalNodeText": [], "children": [step]}
        path |= {"type": "TermExpression", "children": [start]}


def _start(path: Tree) -> Tree:
    """The first step of a path that begins where the rule stands."""
    if path["type"] == "TermExpression" and path["children"][0]["type"] == "InvocationTerm":
        found: Tree = path["children"][0]["children"][0]
        return found
    return {"type": ""}


def called(step: Tree) -> str:
    """The name of the function a step calls; nothing where it calls none."""
    if step["type"] != "FunctionInvocation":
        return ""
    return str(step["children"][0]["children"][0]["text"])


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
