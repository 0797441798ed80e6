"""Which medicines a line of a person's list names, as people and pharmacies write it.

"Zestril (lisinopril) 10 mg", "valsartan/HCTZ" and "ASS 100" are read through a table of brand
names, short names and classes (`medicine_names.csv`), and through the stems that
international names end in (WHO, The use of stems in the selection of INN, 2018). What is
not recognised is said to be so: it could be any medicine.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

# Longer than any line of a list of medicines; a bound against abuse.
MOST_SIGNS = 300
MOST_WORDS = 5
# "mg", "xl" and "bd" are no names.
SHORT = 2
# Shown of a line that is not recognised.
MOST_SHOWN = 60

SOURCES = {
    "US": "FDA Orange Book and Drugs@FDA, proprietary names (from working knowledge)",
    "EU": "EMA and national product information, trade names (from working knowledge)",
    "UK": "British National Formulary, names (from working knowledge)",
}
# Endings of names, without a last vowel, which languages write differently. The first are
# those the rules ask about; the others show only that a word is a medicine.
ASKED_STEMS = (
    *("pril", "prilat", "sartan", "renon", "vastatin", "gliflozin", "dipin", "olol"),
    *("thiazid", "tiazid", "azosin"),
)
OTHER_STEMS = (
    *("gliptin", "glutid", "glitazon", "prazol", "triptan", "setron", "profen", "oxacin"),
    *("cyclin", "cillin", "mycin", "micin", "ciclovir", "navir", "tegravir", "vudin", "buvir"),
    *("azepam", "zolam", "oxetin", "triptylin", "pramin", "coxib", "parin", "xaban", "gatran"),
    *("lukast", "dronat", "asterid", "denafil", "conazol", "mab", "tinib", "ciclib", "parib"),
    *("zomib", "cept", "kinra", "gepant", "fibrat", "tadin", "sonid", "nidazol", "barbital"),
)

_SIGNS = re.compile("[\N{REGISTERED SIGN}\N{TRADE MARK SIGN}\N{COPYRIGHT SIGN}]")
_QUOTES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}`]")
_PARTS = re.compile(r"[;/+&|\n\r]|,(?!\d)|\b(?:and|with|und|mit|et|y)\b")
_WORD = re.compile(r"[a-z]+|\d+")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What a line or a list names.

    `classes` holds of each class that is named in place of a medicine some that belong to it;
    `unknown` the words that are not recognised, and `vague` those of the classes.
    """

    substances: frozenset[str] = frozenset()
    classes: frozenset[frozenset[str]] = frozenset()
    unknown: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of the table: names that mean the same."""

    kind: str
    means: tuple[str, ...]
    names: tuple[str, ...]
    source: str


@cache
def rows() -> tuple[Row, ...]:
    """The shipped table, read once."""
    folder = resources.files("app.clinical.guidelines")
    text = (folder / "medicine_names.csv").read_text(encoding="utf-8")
    return tuple(
        Row(row["kind"], _listed(row["means"]), _listed(row["names"]), row["source"])
        for row in csv.DictReader(text.splitlines())
    )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


@cache
def _table() -> dict[Words, Row]:
    """Every name as its words. Brand names win over what they are made of."""
    found: dict[Words, Row] = {}
    for row in rows():
        for name in row.names:
            means = (name.lower(),) if row.kind == "substance" else row.means
            found.setdefault(_words(_plain(name)), Row(row.kind, means, (name,), row.source))
    for row in rows():
        for name in row.means:
            found.setdefault(_words(_plain(name)), Row("substance", (name,), (name,), row.source))
    return found


def _plain(text: str) -> str:
    """Small letters without accents, signs and apostrophes."""
    bare = _QUOTES.sub("", _SIGNS.sub(" ", text[:MOST_SIGNS]))
    folded = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def stem(word: str) -> str:
    """A word without the last vowel, which differs from language to language."""
    return word.rstrip("aeo") if len(word) > MOST_WORDS else word


def _words(plain: str) -> Words:
    return tuple(stem(word) for word in _WORD.findall(plain))


def in_list(lines: Iterable[str]) -> Names:
    """What a whole list names."""
    found = [named(line) for line in lines]
    return Names(
        frozenset().union(*(one.substances for one in found)),
        frozenset().union(*(one.classes for one in found)),
        tuple(dict.fromkeys(each for one in found for each in one.unknown)),
        tuple(dict.fromkeys(each for one in found for each in one.vague)),
    )


@lru_cache(maxsize=4096)
def named(line: str) -> Names:
    """What one line names; the whole line is unknown where nothing in it is recognised."""
    plain = _plain(line)
    whole = _table().get(_words(plain))
    hits = [whole] if whole is not None and whole.kind != "word" else []
    unknown: list[str] = []
    if not hits:
        for part in _PARTS.split(plain):
            known, strange = _part(part)
            hits += known
            unknown += [_shown(part, line, plain)] if strange and not known else []
    if not hits and not unknown:
        unknown = [" ".join(line.split())]
    classes = [row for row in hits if row.kind == "class"]
    return Names(
        frozenset(name for row in hits if row.kind != "class" for name in row.means),
        frozenset(frozenset(row.means) for row in classes),
        tuple(each[:MOST_SHOWN] for each in unknown),
        tuple(row.names[0] for row in classes),
    )


def _shown(part: str, line: str, plain: str) -> str:
    """A strange part as it was written, where it is all that was written."""
    return " ".join((line if part == plain else part).split())


def _part(plain: str) -> tuple[list[Row], bool]:
    """What a part of a line names, and whether a word in it is strange."""
    words, found, strange = _words(plain), [], False
    at = 0
    while at < len(words):
        row, count = _longest(words[at : at + MOST_WORDS])
        at += count
        if row is None:
            strange = strange or _is_telling(words[at - 1])
        elif row.kind != "word":
            found.append(row)
    return found, strange


def _longest(words: Words) -> tuple[Row | None, int]:
    """The longest name that begins here, or a word whose ending shows that it is a medicine."""
    for count in range(len(words), 0, -1):
        row = _table().get(words[:count])
        if row is not None:
            return row, count
    word = words[0]
    if word.endswith((*ASKED_STEMS, *OTHER_STEMS)):
        return Row("substance", (word,), (word,), "WHO INN stems"), 1
    return None, 1


def _is_telling(word: str) -> bool:
    """Whether a word could be a name: not a number, not one or two letters."""
    return len(word) > SHORT and not word.isdigit()


def brands() -> Iterator[tuple[str, str, str]]:
    """Names, what they mean and whence, for the page of the medicine."""
    for row in rows():
        if row.kind in {"brand", "other", "class"}:
            source = "; ".join(SOURCES.get(each, each) for each in row.source.split("; "))
            yield ", ".join(row.names), ", ".join(row.means), source
