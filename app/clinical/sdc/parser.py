"""A parser for FHIRPath that gives the tree fhirpathpy's evaluator walks.

The library's own parser takes a second for 20,000 characters, so that a form of 800
questions would be read in several. This one is a plain precedence climber over a token
list: linear, bounded in length and in nesting, and compared with the library's tree by a
test. Grammar: FHIRPath 2.0.0, https://hl7.org/fhirpath/N1/grammar.html.
"""

from __future__ import annotations

import re
from typing import Any

# Published forms stay under 2,500 characters and 15 levels.
MAX_LENGTH = 20_000
MAX_NESTING = 60

Tree = dict[str, Any]

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n\r]*|/\*.*?\*/)
    |(?P<time>@T[0-9][0-9:.]*)
    |(?P<date>@[0-9]{4}(?:-[0-9]{2}){0,2}(?:T(?:[0-9][0-9:.]*(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<special>\$(?:this|index|total))
    |(?P<sign><=|>=|!=|!~|[.\[\](){},%+\-*/&|<>=~])""",
    re.VERBOSE | re.DOTALL,
)
_LEVELS: tuple[tuple[str, frozenset[str]], ...] = (
    ("ImpliesExpression", frozenset({"implies"})),
    ("OrExpression", frozenset({"or", "xor"})),
    ("AndExpression", frozenset({"and"})),
    ("MembershipExpression", frozenset({"in", "contains"})),
    ("EqualityExpression", frozenset({"=", "~", "!=", "!~"})),
    ("InequalityExpression", frozenset({"<=", "<", ">", ">="})),
    ("UnionExpression", frozenset({"|"})),
    ("TypeExpression", frozenset({"is", "as"})),
    ("AdditiveExpression", frozenset({"+", "-", "&"})),
    ("MultiplicativeExpression", frozenset({"*", "/", "div", "mod"})),
)
_LEVEL_OF = {sign: (level, name) for level, (name, signs) in enumerate(_LEVELS) for sign in signs}
_NOT_NAMES = frozenset({"and", "or", "xor", "implies", "div", "mod", "true", "false"})
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
_PRECISIONS = frozenset(_UNITS)
_PLURALS = frozenset(f"{unit}s" for unit in _UNITS)
_LITERALS = {"string": "StringLiteral", "date": "DateTimeLiteral", "time": "TimeLiteral"}
_SPECIALS = {"$this": "ThisInvocation", "$index": "IndexInvocation", "$total": "TotalInvocation"}


class Unreadable(ValueError):
    """An expression that is not FHIRPath, or is too long or too deep to be read."""


def read(text: str) -> Tree:
    """The tree of an expression, as the library's own parser gives it."""
    if len(text) > MAX_LENGTH:
        raise Unreadable("too long")
    reader = _Reader(_tokens(text))
    tree = reader.expression(0)
    if reader.kind != "end":
        raise Unreadable(f"not expected: {reader.text[:20]}")
    return {"children": [tree]}


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"not understood at character {at + 1}")
        at = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup or "", match.group()))
    found.append(("end", ""))
    return found


def _node(kind: str, terminals: list[str], *children: Tree, text: str | None = None) -> Tree:
    made: Tree = {"type": kind, "terminalNodeText": terminals}
    if text is not None:
        made["text"] = text
    if children:
        made["children"] = list(children)
    return made


def _term(child: Tree, text: str = "") -> Tree:
    return _node("TermExpression", [], child, text=text)


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def text(self) -> str:
        return self._tokens[self._at][1]

    def _take(self) -> str:
        text = self.text
        self._at += 1
        return text

    def _expect(self, sign: str) -> str:
        if self.kind != "sign" or self.text != sign:
            raise Unreadable(f"“{sign}” is missing before “{self.text[:20]}”")
        return self._take()

    def _is(self, sign: str) -> bool:
        return self.kind == "sign" and self.text == sign

    def expression(self, level: int) -> Tree:
        """Everything that binds at least as tightly as `level`."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise Unreadable("nested too deeply")
        left = self._signed()
        while self.kind in {"sign", "word"} and self.text in _LEVEL_OF:
            found, name = _LEVEL_OF[self.text]
            if found < level:
                break
            sign = self._take()
            right = self._type() if name == "TypeExpression" else self.expression(found + 1)
            left = _node(name, [sign], left, right)
        self._depth -= 1
        return left

    def _signed(self) -> Tree:
        if self.kind == "sign" and self.text in {"+", "-"}:
            sign = self._take()
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise Unreadable("nested too deeply")
            inner = self._signed()
            self._depth -= 1
            return _polarity(sign, inner)
        return self._path()

    def _path(self) -> Tree:
        left = self._start()
        while self.kind == "sign" and self.text in {".", "["}:
            if self._take() == ".":
                step = self._invocation()
                whole = f"{left.get('text', '')}.{_spelt(step)}"
                left = _node("InvocationExpression", ["."], left, step, text=whole)
            else:
                inside = self.expression(0)
                self._expect("]")
                left = _node("IndexerExpression", ["[", "]"], left, inside)
        return left

    def _start(self) -> Tree:
        if self.kind == "number":
            return self._number()
        if self.kind in _LITERALS:
            return _literal(_LITERALS[self.kind], self._take())
        if self.kind == "word" and self.text in {"true", "false"}:
            return _literal("BooleanLiteral", self._take())
        if self.kind == "sign":
            return self._bracketed()
        step = self._invocation()
        return _term(_node("InvocationTerm", [], step), _spelt(step))

    def _bracketed(self) -> Tree:
        if self._is("("):
            self._take()
            inside = self.expression(0)
            self._expect(")")
            return _term(_node("ParenthesizedTerm", ["(", ")"], inside))
        if self._is("{"):
            self._take()
            self._expect("}")
            null = _node("NullLiteral", ["{", "}"], text="{}")
            return _term(_node("LiteralTerm", [], null, text="{}"))
        if self._is("%"):
            self._take()
            return self._constant()
        raise Unreadable(f"not expected: {self.text[:20]}")

    def _constant(self) -> Tree:
        if self.kind not in {"word", "quoted", "string"}:
            raise Unreadable("a name is missing after “%”")
        name = self._take()
        name = name if name[0] not in "'`\"" else name[1:-1]
        constant = _node("ExternalConstant", ["%"], _node("Identifier", [name], text=name))
        return _term(_node("ExternalConstantTerm", [], constant))

    def _number(self) -> Tree:
        number = self._take()
        if self.kind == "string":
            unit = _node("Unit", [self._take()])
        elif self.kind == "word" and self.text in _PRECISIONS | _PLURALS:
            plural = "Plural" if self.text in _PLURALS else ""
            unit = _node("Unit", [], _node(f"{plural}DateTimePrecision", [self._take()]))
        else:
            return _literal("NumberLiteral", number)
        quantity = _node("QuantityLiteral", [], _node("Quantity", [number], unit), text=number)
        return _term(_node("LiteralTerm", [], quantity, text=number))

    def _invocation(self) -> Tree:
        if self.kind == "special":
            return _node(_SPECIALS[self.text], [self._take()])
        name = self._identifier()
        if not self._is("("):
            return _node("MemberInvocation", [], name)
        self._take()
        parameters = [] if self._is(")") else [self.expression(0)]
        while self._is(","):
            self._take()
            parameters.append(self.expression(0))
        self._expect(")")
        commas = [","] * (len(parameters) - 1)
        listed = [_node("ParamList", commas, *parameters)] if parameters else []
        return _node("FunctionInvocation", [], _node("Functn", ["(", ")"], name, *listed))

    def _identifier(self) -> Tree:
        if self.kind not in {"word", "quoted"} or self.text in _NOT_NAMES:
            raise Unreadable(f"a name is missing before “{self.text[:20]}”")
        name = self._take()
        return _node("Identifier", [name], text=name)

    def _type(self) -> Tree:
        names = [self._identifier()]
        while self._is("."):
            self._take()
            names.append(self._identifier())
        text = ".".join(name["text"] for name in names)
        dots = ["."] * (len(names) - 1)
        return _node("TypeSpecifier", [], _node("QualifiedIdentifier", dots, *names), text=text)


def _spelt(step: Tree) -> str:
    """A plain name as it is written: ofType(FHIR.Coding) reads its type from there."""
    return str(step["children"][0]["text"]) if step["type"] == "MemberInvocation" else ""


def _literal(kind: str, text: str) -> Tree:
    return _term(_node("LiteralTerm", [], _node(kind, [text], text=text), text=text), text)


def _polarity(sign: str, inner: Tree) -> Tree:
    # The evaluator negates literals only, so the minus of anything else is a product.
    if sign == "-" and inner["type"] == "TermExpression":
        child = inner["children"][0]
        literal = child["type"] == "LiteralTerm"
        if literal and child["children"][0]["type"] == "NumberLiteral":
            return _node("PolarityExpression", ["-"], inner)
    if sign == "+":
        return inner
    minus_one = _node("PolarityExpression", ["-"], _literal("NumberLiteral", "1"))
    return _node("MultiplicativeExpression", ["*"], inner, minus_one)
