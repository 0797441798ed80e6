"""Writes answers out as a QuestionnaireResponse, whole or around one change.

What is written is also what the rules look at, so a node's entry is the very mapping that
stands in the response, and a change replaces parts of it in place.
"""

from __future__ import annotations

from app.clinical.sdc.item import Json
from app.clinical.sdc.tree import OWN, Answer, Node, Written


def written(top: Node) -> Json:
    """The response as it would be handed in; every node learns where it stands in it."""
    for nodes in top.children.values():
        for node in nodes:
            _write(node)
    kept = {key: value for key, value in (top.source or {}).items() if key not in OWN}
    top.doc = Written(top, kept)
    _gather(top)
    return top.doc


def rewrite(place: Node) -> None:
    """Bring one node's new answers into what was written, up to the whole response."""
    _write(place)
    for holder in place.above():
        _gather(holder)
        if isinstance(holder, Answer):
            _gather_answers(holder.node)


def _write(node: Node) -> None:
    for holder in node.holders:
        for nodes in holder.children.values():
            for child in nodes:
                _write(child)
    node.doc = Written(node, {"linkId": node.item.link_id})
    if node.item.text and node.source is None:
        node.doc["text"] = node.item.text
    source = node.source or {}
    node.doc |= {key: value for key, value in source.items() if key not in OWN}
    if not node.item.is_question:
        _gather(node)
        return
    for answer in node.answers:
        answer.doc = Written(answer, answer.value or {})
        _gather(answer)
    _gather_answers(node)


def _gather(holder: Node | Answer) -> None:
    """Put the entries of what stands inside into a holder's own."""
    entries = (node.entry for nodes in holder.children.values() for node in nodes)
    items = [entry for entry in entries if entry is not None]
    holder.doc.pop("item", None)
    if items:
        holder.doc["item"] = items
    if isinstance(holder, Node):
        holder.entry = holder.doc if items and holder.enabled else None


def _gather_answers(node: Node) -> None:
    answers = [answer.doc for answer in node.answers if answer.doc]
    node.doc.pop("answer", None)
    if answers:
        node.doc["answer"] = answers
    kept = bool(answers) or _left_empty(node)
    node.entry = node.doc if kept and node.enabled else None


def _left_empty(node: Node) -> bool:
    """An entry without an answer says that what was filled in beforehand was taken out."""
    filled = node.item.initial or any(option.selected for option in node.item.options)
    return node.source is not None and bool(filled)
