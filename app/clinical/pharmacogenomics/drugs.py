"""The table of recommendations: medicines, the results they depend on, and the advice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.clinical.errors import ClinicalInputError
from app.clinical.pharmacogenomics import tables
from app.clinical.pharmacogenomics.readings import Key
from app.clinical.pharmacogenomics.tables import GENES, STEPS
from app.clinical.sentences import N_, Sentence

SOURCE = "CPIC guidelines, cpicpgx.org"
NOT_A_DRUG = N_("We have no guidance on the medicine %(drug)s.")

Category = Literal["standard/other", "dose-change", "avoid/alternative"]

# Names under which the same medicine is sold or written elsewhere.
SYNONYMS = {
    "5-fluorouracil": "fluorouracil",
    "5-fu": "fluorouracil",
    "6-mercaptopurine": "mercaptopurine",
    "6-thioguanine": "thioguanine",
    "tioguanine": "thioguanine",
    "glibenclamide": "glyburide",
    "acetylsalicylic acid": "aspirin",
    "ascorbic acid": "vitamin c",
    "methylthioninium chloride": "methylene blue",
    "suxamethonium": "succinylcholine",
    "co-trimoxazole": "sulfamethoxazole / trimethoprim",
    "sulfamethoxazole": "sulfamethoxazole / trimethoprim",
    "sulfamethazine": "sulfadimidine",
}


@dataclass(frozen=True)
class Cell:
    """The results of one gene for which a line of the table holds."""

    words: frozenset[str]
    spans: tuple[tuple[int, int | None], ...]

    def holds(self, key: Key) -> bool:
        """Whether a result is among them."""
        if isinstance(key, str):
            return key in self.words
        return any(low <= key and (high is None or key <= high) for low, high in self.spans)


@dataclass(frozen=True)
class Line:
    """One line of the table of recommendations."""

    population: str
    when: Mapping[str, Cell]
    category: Category
    strength: str
    advice: str
    amount: str


@dataclass(frozen=True)
class Drug:
    """A medicine, the genes it depends on (CPIC level A in `level_a`), and the guideline."""

    name: str
    genes: tuple[str, ...]
    level_a: tuple[str, ...]
    guideline: str
    url: str
    pmids: tuple[str, ...]
    version: str

    @property
    def source(self) -> str:
        """The guideline, with where to read it."""
        articles = "".join(f"; PMID {number}" for number in self.pmids)
        return f"{self.guideline}, {self.url}{articles}"


def _drugs() -> dict[str, Drug]:
    return {
        row["drug"]: Drug(
            name=row["drug"],
            genes=tuple(row["genes"].split("; ")),
            level_a=tuple(filter(None, row["level_a"].split("; "))),
            guideline=row["guideline"],
            url=row["url"],
            pmids=tuple(filter(None, row["pmids"].split("; "))),
            version=row["version"],
        )
        for row in tables.rows("drugs")
    }


DRUGS: dict[str, Drug] = _drugs()


def known(drug: object) -> Drug:
    """The medicine under its name, in any case; refuses what is not in the table."""
    name = " ".join(drug.split()).lower() if isinstance(drug, str) else ""
    row = DRUGS.get(SYNONYMS.get(name, name))
    if row is None:
        raise ClinicalInputError("drug", Sentence(NOT_A_DRUG, {"drug": str(drug)[:60]}), SOURCE)
    return row


@cache
def lines() -> dict[str, tuple[Line, ...]]:
    """Medicine to the lines of the table that speak of it."""
    found: dict[str, list[Line]] = defaultdict(list)
    for row in tables.rows("recommendations"):
        conditions = (part.split("=", 1) for part in row["when"].split("; "))
        line = Line(
            population=row["population"],
            when={gene: _cell(gene, text) for gene, text in conditions},
            category=_category(row["category"]),
            strength=row["strength"],
            advice=row["advice"],
            amount=row["amount"],
        )
        for drug in row["drugs"].split("; "):
            found[drug].append(line)
    return {drug: tuple(lines) for drug, lines in found.items()}


def _category(text: str) -> Category:
    match text:
        case "standard/other" | "dose-change" | "avoid/alternative":
            return text
        case _:
            raise ValueError(text)


def _cell(gene: str, text: str) -> Cell:
    parts = text.split("|")
    spans = [part for part in parts if GENES[gene].scored and part[0].isdigit()]
    words = frozenset(part.casefold() for part in parts if part not in spans)
    return Cell(words, tuple(_span(part) for part in spans))


def _span(text: str) -> tuple[int, int | None]:
    """A span of scores as quarters: "0.25-1" is one to four, "2.5+" is ten and more."""
    if text.endswith("+"):
        return _quarters(text[:-1]), None
    low, _, high = text.partition("-")
    return _quarters(low), _quarters(high or low)


def _quarters(text: str) -> int:
    return round(float(text) * STEPS)
