"""What every page must be, whoever looks: checked on each page that a test fetches."""

from __future__ import annotations

import copy
import re
from collections import Counter
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib

UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
CONTROLS = {"input", "select", "textarea"}
# Numbers, tokens and nonces: in these alone two looks at one page differ. None holds markup.
NAMES = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b[0-9a-f]{12}\b"
    r"|(?<= nonce=\")[\w+/=-]{16,}(?=\")"
    r"|(?<= value=\")[\w.=-]{40,}(?=\")"
)
# Letters for private use: they stand for names, one for one, on a page that was looked at.
FIRST_STAND_IN = 0xF0000
PAGES = 512


def parse(html: str) -> Element:
    """The page as a tree; a page that is not valid HTML raises html5lib's ParseError."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def inspect(html: str) -> Element:
    """Check a whole page and answer its tree.

    A page that differs from an earlier one in its tokens and numbers alone is as sound as that
    one, and its tree is the same but for them.
    """
    names: dict[str, str] = {}
    same = NAMES.sub(
        lambda found: names.setdefault(found[0], chr(FIRST_STAND_IN + len(names))), html
    )
    tree = copy.deepcopy(_inspected(same))
    _put_back(tree, {ord(letter): name for name, letter in names.items()})
    return tree


def told(html: str) -> str:
    """A page without its numbers, tokens and nonces, in which any short word may stand."""
    return NAMES.sub("", html)


@lru_cache(PAGES)
def _inspected(html: str) -> Element:
    tree = parse(html)
    _one_heading(tree)
    _unique_ids(tree)
    _labels(tree)
    _forms(tree)
    _nothing_inline(tree)
    return tree


def _put_back(tree: Element, names: dict[int, str]) -> None:
    for one in tree.iter():
        one.text = one.text and one.text.translate(names)
        one.tail = one.tail and one.tail.translate(names)
        for name, value in one.items():
            one.set(name, value.translate(names))


def words(element: Element) -> str:
    """The text of an element, spaces folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _one_heading(tree: Element) -> None:
    headings = [words(one) for one in tree.iter("h1")]
    assert len(headings) == 1, f"one h1 a page, found {headings}"
    title = words(next(tree.iter("title"))).removeprefix("Error: ")
    assert title.startswith(headings[0]), f"title {title!r} does not open with {headings[0]!r}"


def _unique_ids(tree: Element) -> None:
    twice = [
        name
        for name, count in Counter(one.get("id") for one in tree.iter() if one.get("id")).items()
        if count > 1
    ]
    assert not twice, f"ids used twice: {twice}"
    known = {one.get("id") for one in tree.iter()}
    for one in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            missing = set((one.get(attribute) or "").split()) - known
            assert not missing, f"{attribute} points at nothing: {missing}"


def _labels(tree: Element) -> None:
    labelled = {one.get("for") for one in tree.iter("label")}
    wrapped = {id(control) for one in tree.iter("label") for control in one.iter()}
    for one in tree.iter():
        if one.tag not in CONTROLS or one.get("type") in UNLABELLED:
            continue
        named = one.get("id") in labelled or id(one) in wrapped or one.get("aria-label")
        assert named, f"control without a label: {one.attrib}"


def _forms(tree: Element) -> None:
    for form in tree.iter("form"):
        if form.get("method") == "dialog":
            continue  # It only closes the dialog around it, and leads nowhere by design.
        assert form.get("action"), f"form that leads nowhere: {form.attrib}"
        assert form.get("method"), f"form without a method: {form.attrib}"
        buttons = [one for one in form.iter("button") if one.get("type") != "button"]
        assert buttons, f"no button sends the form {form.get('action')}"
        if form.get("method") == "post":
            names = {one.get("name") for one in form.iter("input")}
            assert {"csrf_token", "form_key"} <= names, f"form without keys: {form.get('action')}"


def _nothing_inline(tree: Element) -> None:
    for one in tree.iter():
        bad = [name for name in one.attrib if name == "style" or name.startswith("on")]
        assert not bad, f"inline {bad} on {one.tag}"
        if one.tag == "script" and not one.get("src"):
            assert one.get("type") == "application/json", "inline script"
