"""The shortcuts worked out: answers found along the form instead of by looking through them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.clinical.sdc.evaluation import data_of, node
from app.clinical.sdc.item import Item, Json
from app.clinical.sdc.shortcuts import BELOW_LINK, CHILD_LINK, ITEMS, ITEMS_LINK, LINK
from app.clinical.sdc.tree import Answer, Node, Written

PATHS = {"Questionnaire": "Questionnaire.item"}
ANSWERS = "QuestionnaireResponse.item"

Descend = Callable[[Any, Any], list[Any]]


def functions(descendants: Descend) -> Json:
    """The rows of the library's table that do the shortcuts."""
    return {
        ITEMS: {"fn": _items},
        LINK: {"fn": _linked, "variadic": "String"},
        CHILD_LINK: {"fn": _children, "variadic": "String"},
        ITEMS_LINK: {"fn": _placed(_items, through_answers=False), "variadic": "String"},
        BELOW_LINK: {"fn": _placed(descendants, through_answers=True), "variadic": "String"},
    }


def _linked(_ctx: Any, found: Any, *links: Any) -> list[Any]:
    kept = []
    for each in found:
        data = data_of(each)
        if isinstance(data, Mapping) and data.get("linkId") in links:
            kept.append(each)
    return kept


def _children(ctx: Any, found: Any, *links: Any) -> list[Any]:
    kept: list[Any] = []
    for each in found:
        data = data_of(each)
        if isinstance(data, Written):
            ctx.budget.spend(1 + (len(links) > 1) * len(data.holder.children) // 32)
            kept += (node(doc, ANSWERS) for doc in _inside(data.holder, links))
            continue
        inside = data.get("item") if isinstance(data, Mapping) else None
        listed = inside if isinstance(inside, list) else []
        ctx.budget.spend(len(listed) // 16)
        path = _path(each) if listed else ""
        kept += _linked(ctx, [node(item, path) for item in listed], *links)
    return kept


def _inside(holder: Node | Answer, links: tuple[Any, ...]) -> Iterator[Json]:
    """What was written directly in a holder under some names, in the order of the form."""
    if isinstance(holder, Node) and holder.item.is_question:
        return
    names = links if len(links) == 1 else [link for link in holder.children if link in links]
    for link in names:
        yield from (each.doc for each in _written(holder, link))


def _placed(plain: Descend, *, through_answers: bool) -> Callable[..., list[Any]]:
    """All parts below with some names, found along the form where the form knows them."""

    def run(ctx: Any, found: Any, *links: Any) -> list[Any]:
        data = data_of(found[0]) if len(found) == 1 else None
        asked = ctx.bench.asked(links) if isinstance(data, Written) else None
        if asked is None or not isinstance(data, Written):
            return _linked(ctx, plain(ctx, found), *links)
        levels: dict[int, list[Json]] = {}
        _gather(ctx, data.holder, asked, 0, levels, through_answers)
        docs = [doc for level in sorted(levels) for doc in levels[level]]
        if not through_answers:
            docs = _different(ctx, docs)
        return [node(doc, ANSWERS) for doc in docs]

    return run


def _gather(
    ctx: Any,
    holder: Node | Answer,
    asked: list[Item],
    level: int,
    levels: dict[int, list[Json]],
    through_answers: bool,
) -> None:
    """Collect what is asked for by how deep it is written, as a walk level by level finds it."""
    ctx.budget.spend(1)
    if isinstance(holder, Node) and holder.item.is_question:
        for answer in holder.answers if through_answers else ():
            if answer.doc:
                _gather(ctx, answer, asked, level + 1, levels, through_answers)
        return
    item = holder.node.item if isinstance(holder, Answer) else holder.item
    depth = len(item.path)
    wanted = [each for each in asked if each.path[:depth] == item.path and each is not item]
    for link in dict.fromkeys(each.path[depth] for each in wanted):
        here = [each for each in wanted if each.path[depth] == link]
        deeper = [each for each in here if len(each.path) > depth + 1]
        for child in _written(holder, link):
            if len(deeper) < len(here):
                levels.setdefault(level, []).append(child.doc)
            if deeper:
                _gather(ctx, child, deeper, level + 1, levels, through_answers)


def _written(holder: Node | Answer, link: str) -> Iterator[Node]:
    return (each for each in holder.children.get(link, ()) if each.entry is not None)


def _different(ctx: Any, docs: list[Json]) -> list[Json]:
    """Each that says something else than those before it."""
    seen: dict[str, Json] = {}
    for doc in docs:
        seen.setdefault(_key(ctx, doc), doc)
    return list(seen.values())


def _key(ctx: Any, doc: Any) -> str:
    text = json.dumps(doc, sort_keys=True, default=str)
    ctx.budget.spend(1 + len(text) // 2_000)
    return text


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
                text = _key(ctx, item)
                if text not in seen:
                    seen.add(text)
                    lower.append(node(item, _path(each)))
        kept += lower
        level = lower
    return kept


def _path(holder: Any) -> str:
    path = str(getattr(holder, "path", "") or "") or str(data_of(holder).get("resourceType", ""))
    return PATHS.get(path.partition(".")[0], ANSWERS)
