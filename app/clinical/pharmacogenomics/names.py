"""Names as laboratories write them, brought to one spelling. Nothing is guessed.

Phenotype words follow the CPIC term standard (doi 10.1038/gim.2016.87); the spellings
accepted here are those that PharmCAT, laboratories and older reports use.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Longer than the longest allele, score or phenotype on any report; a bound against abuse.
MAX_CHARACTERS = 600

INDETERMINATE = "Indeterminate"
NOT_APPLICABLE = "n/a"
AT_LEAST = "≥"

METABOLIZER = re.compile(r"metaboli[sz]ers?", re.IGNORECASE)
# "Extensive" is what the normal metabolizer was called until 2016.
SPEEDS = {
    "pm": "Poor",
    "im": "Intermediate",
    "nm": "Normal",
    "em": "Normal",
    "rm": "Rapid",
    "um": "Ultrarapid",
}
_SPEED = re.compile(
    r"\b(poor|intermediate|normal|extensive|ultra-?\s?rapid|rapid) metabolizer", re.IGNORECASE
)
_FUNCTION = re.compile(
    r"(?:(possible|likely) )?(poor|decreased|normal|increased) function", re.IGNORECASE
)
# Words that take a phenotype back or put it in doubt. "Likely" and "possible" in front of it
# are the standard's own hedges and stay.
_DENIED = re.compile(
    r"\b(no[nt]?|never|nor|neither|without|cannot|unlikely|improbable|excluded?|excludes|"
    r"ruled?|rules|negative|absent|denie[ds])\b|n['\N{RIGHT SINGLE QUOTATION MARK}]t\b"
)
_NOT_OPEN = re.compile(r"\b(no[nt]?|never)\W+(an? )?indeterminate")
_DOUBTED = re.compile(
    r"\?|\b(doubt\w*|uncertain\w*|unclear|unsure|unknown|unconfirmed|questionable|suspected|"
    r"suspicion|presum\w+|probabl[ey]|potential\w*|possibly|perhaps|maybe|may|might|could|if|or|"
    r"to|than|versus|vs|between|either|borderline|pending|likely|possible)\b"
)
_SCORE = re.compile(r"(≥|>=|>)?\s*(\d{1,3})(\.\d{1,4})?", re.ASCII)


def normalise_phenotype(text: str | None) -> str | None:
    """The standard words for a phenotype: "EM" and "Extensive Metaboliser" are normal.

    Blank text is None. Words that are not known, and words that deny or doubt a phenotype
    ("not a poor metabolizer"), come back trimmed, with single spaces, and otherwise as they
    were written.
    """
    if text is None or not text.strip():
        return None
    words = METABOLIZER.sub("Metabolizer", " ".join(text.split()))
    lowered = words.lower()
    if lowered in SPEEDS:
        return f"{SPEEDS[lowered]} Metabolizer"
    if "indeterminate" in lowered and not _NOT_OPEN.search(lowered):
        return INDETERMINATE
    speed = _SPEED.search(words)
    if speed is not None:
        if _DENIED.search(lowered) or _is_doubted(lowered):
            return " ".join(text.split())
        return _hedged(lowered, f"{_speed(speed[1])} Metabolizer")
    function = _FUNCTION.fullmatch(words)
    return words.title() if function is not None else words


def _is_doubted(lowered: str) -> bool:
    """Whether more than the standard's own hedge is said, or more than one phenotype."""
    several = {found[1] for found in _SPEED.finditer(lowered)}
    hedged = re.sub(r"^(likely|possible) ", "", lowered)
    return len(several) > 1 or _DOUBTED.search(hedged) is not None


def _speed(word: str) -> str:
    plain = word.lower().replace("-", "").replace(" ", "")
    return "Normal" if plain == "extensive" else plain.capitalize()


def _hedged(lowered: str, phenotype: str) -> str:
    for hedge in ("likely", "possible"):
        if lowered.startswith(hedge):
            return f"{hedge.capitalize()} {phenotype}"
    return phenotype


def normalise_activity(text: str | None) -> str | None:
    """An activity score in decimal notation: "1" is "1.0", ">=3" is "≥3.0".

    Blank text is None, "N/A" is "n/a"; what is not a score comes back trimmed.
    """
    if text is None or not text.strip():
        return None
    trimmed = text.strip()
    if trimmed.lower() == NOT_APPLICABLE:
        return NOT_APPLICABLE
    score = _SCORE.fullmatch(trimmed)
    if score is None:
        return trimmed
    sign = AT_LEAST if score[1] == ">=" else score[1] or ""
    return f"{sign}{float(score[2] + (score[3] or ''))}"


def stated_activity(text: str | None) -> str | None:
    """An activity score as above; None also where the cell says that there is none."""
    score = normalise_activity(text)
    return score if score == NOT_APPLICABLE or not is_missing(score) else None


def stated_phenotype(text: str | None) -> str | None:
    """A phenotype in the standard words; None also where the cell says there is none."""
    return None if is_missing(text) else normalise_phenotype(text)


def lower_bound(score: str) -> float | None:
    """The number a score stands for or starts from; None for "n/a" and other words."""
    found = _SCORE.fullmatch(score)
    return None if found is None else float(found[2] + (found[3] or ""))


_SPACES = re.compile(r"\s+")
_COPIES = re.compile(
    r"(?P<base>.+?)[xX\N{MULTIPLICATION SIGN}]\s*(?:(?P<sign>≥|>=)\s*)?(?P<count>\d{1,2}|[nN])"
)
_SUB_ALLELE = re.compile(r"(\*\d+)\.\d+")
# IPD-IMGT/HLA: a letter for the expression, or G or P for a group that shares the sequence or
# the protein where peptides are held; a group has the name of its first member.
_HLA = re.compile(r"\*?(\d{2,3}:\d{2,4})(?::\d{2,4}){0,2}(?:[NLSCAQ]|[GgPp])?")
# Until 2010 names had no colons: two digits for each field. A*92 and B*95 held what no longer
# fitted into A*02 and B*15, and cannot be read digit by digit.
_HLA_UNTIL_2010 = re.compile(r"\*?(?!92|95)(\d{2})(\d{2})(?:\d{2}){0,2}[NLSCAQ]?")
_FIRST_FIELD = re.compile(r"\*?(\d{2})(?!\d)")
_MARKER = re.compile(r"\*?\d[\d:]*[A-Za-z]?(?= (?:positive|negative)\b)", re.IGNORECASE)
_MISSING = {
    *("", ".", "./.", "./", "/", "-", "?", "?/?", "n/a"),
    *("unknown", "unknown/unknown", "no result", "no call", "not called"),
}


def is_missing(cell: str | None) -> bool:
    """Whether a laboratory's cell says that nothing was called."""
    return cell is None or " ".join(cell.split()).lower() in _MISSING


# HGVS: the variants of each strand in brackets, "=" for none.
_BRACKETS = re.compile(r"([cm])\.\[([^\[\]]+)\];\s*\[([^\[\]]+)\]")


def _unbracketed(prefix: str, strand: str) -> str:
    variants = [part.strip() for part in strand.split(";")]
    changed = [f"{prefix}.{part}" for part in variants if not part.endswith("=")]
    return " + ".join(changed) or "Reference"


def strands(gene: str, diplotype: str) -> list[str]:
    """The alleles as written, gene name and surplus spaces taken off."""
    if (both := _BRACKETS.fullmatch(diplotype.strip())) is not None:
        return [_unbracketed(both[1], both[2]), _unbracketed(both[1], both[3])]
    # The one allele that older tables wrote with the sign that divides alleles.
    whole = diplotype.replace("Telti/Kobe", "Telti, Kobe") if gene == "G6PD" else diplotype
    return [_strand(gene, part) for part in re.split(r"[/|]", whole)]


def _strand(gene: str, allele: str) -> str:
    spaced = _SPACES.sub(" ", allele).strip()
    if spaced.upper().startswith(gene):
        spaced = spaced[len(gene) :].lstrip(" :-")
    if gene.startswith("HLA-") and spaced.upper().startswith(gene[-1] + "*"):
        spaced = spaced[1:]
    return spaced


def two_fields(allele: str) -> str:
    """An HLA allele to the two fields that guidelines name: *15:02:01G and *1502 are *15:02."""
    if (found := _HLA.fullmatch(allele)) is not None:
        return f"*{found[1]}"
    older = _HLA_UNTIL_2010.fullmatch(allele)
    return f"*{older[1]}:{older[2]}" if older is not None else allele


def first_field(allele: str) -> str | None:
    """The group of an HLA allele, all that is told of *15 or *15:XX."""
    found = _FIRST_FIELD.match(allele)
    return None if found is None else found[1]


def stated_markers(words: str) -> str:
    """Words such as "*5701 positive" with the HLA alleles to two fields."""
    return _MARKER.sub(lambda found: two_fields(found[0]), words)


def without_sub_allele(allele: str) -> str:
    """A star allele without its sub-allele: *2.001 is *2."""
    found = _SUB_ALLELE.fullmatch(allele)
    return found[1] if found is not None else allele


def copies(allele: str) -> tuple[str, int, bool] | None:
    """Base, number and "or more" of a duplicated allele: *1x≥3 is (*1, 3, True).

    *1xN, copies not counted, is at least two.
    """
    found = _COPIES.fullmatch(allele)
    if found is None:
        return None
    base = found["base"].strip()
    if found["count"] in "nN":
        return base, 2, True
    return base, int(found["count"]), found["sign"] is not None


def together(allele: str, plus: str = "+") -> list[str]:
    """What lies on one strand together: "[*36 + *10]" is *36 and *10."""
    inner = allele.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    return [part.strip() for part in inner.split(plus)]


_PARTS = re.compile(r"\d+|\D+")


@lru_cache(maxsize=4096)
def natural(allele: str) -> tuple[tuple[int, str], ...]:
    """A key that puts *2 before *10, and *1 before *1x2."""
    return tuple(
        (int(part), "") if part.isascii() and part.isdigit() else (0, part)
        for part in _PARTS.findall(allele)
    )


def is_two_fields(allele: str) -> bool:
    """Whether an HLA allele is told finely enough to rule another one out."""
    return _HLA.fullmatch(allele) is not None
