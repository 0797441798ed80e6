"""What a result says about a gene in this person, in our own plain words.

No result is measured against "most people": for several genes the slower form is the common
one. The measure is two normal copies of the gene.
"""

from __future__ import annotations

from app.clinical.pharmacogenomics.names import INDETERMINATE
from app.clinical.sentences import N_, Sentence

NO_RESULT = "No Result"

MEANINGS = {
    "poor metabolizer": N_("%(gene)s works much more slowly in you than with two normal copies."),
    "likely poor metabolizer": N_(
        "%(gene)s probably works much more slowly in you than with two normal copies."
    ),
    "intermediate metabolizer": N_(
        "%(gene)s works more slowly in you than with two normal copies."
    ),
    "likely intermediate metabolizer": N_(
        "%(gene)s probably works more slowly in you than with two normal copies."
    ),
    "possible intermediate metabolizer": N_(
        "%(gene)s may work more slowly in you than with two normal copies."
    ),
    "normal metabolizer": N_("%(gene)s works normally in you."),
    "rapid metabolizer": N_("%(gene)s works faster in you than with two normal copies."),
    "ultrarapid metabolizer": N_("%(gene)s works much faster in you than with two normal copies."),
    "poor function": N_("%(gene)s works much less in you than with two normal copies."),
    "decreased function": N_("%(gene)s works less in you than with two normal copies."),
    "possible decreased function": N_("%(gene)s may work less in you than with two normal copies."),
    "normal function": N_("%(gene)s works normally in you."),
    "increased function": N_("%(gene)s works more in you than with two normal copies."),
    "normal": N_("%(gene)s works normally in you."),
    "variable": N_("How well %(gene)s works in you cannot be told from the genes alone."),
    "deficient": N_("You have too little %(gene)s, which protects red blood cells."),
    "deficient with cnsha": N_(
        "You have far too little %(gene)s, and red blood cells break down all the time."
    ),
    "malignant hyperthermia susceptibility": N_(
        "Your %(gene)s result means that some anaesthetics can cause dangerous fever and"
        " stiff muscles."
    ),
    "uncertain susceptibility": N_(
        "Your %(gene)s result does not rule out a dangerous reaction to some anaesthetics."
    ),
    "increased risk of aminoglycoside-induced hearing loss": N_(
        "Your %(gene)s result means that this kind of antibiotic can take your hearing away."
    ),
    "uncertain risk of aminoglycoside-induced hearing loss": N_(
        "It is not known what your %(gene)s result means for your hearing."
    ),
    "normal risk of aminoglycoside-induced hearing loss": N_(
        "Your %(gene)s result adds no risk to your hearing."
    ),
    "ivacaftor responsive in cf patients": N_("Your %(gene)s result is one that this helps."),
    "ivacaftor non-responsive in cf patients": N_(
        "Your %(gene)s result is not one that this helps."
    ),
    "-1639 gg": N_("Your %(gene)s result alone does not lower the amount of warfarin needed."),
    "-1639 ag": N_("Your %(gene)s result lowers the amount of warfarin needed."),
    "-1639 aa": N_("Your %(gene)s result lowers the amount of warfarin needed by much."),
    "favorable response": N_("Your %(gene)s result makes a cure with this medicine more likely."),
    "unfavorable response": N_("Your %(gene)s result makes a cure with this medicine less likely."),
    INDETERMINATE.lower(): N_("What your %(gene)s result means is not known."),
    NO_RESULT.lower(): N_("There is no result for %(gene)s."),
}
# Of CYP3A5 and NAT2 the weak form is the more common one in many peoples, and CPIC's "normal"
# or "rapid" is no measure of what is usual (CYP3A5 guideline 2015, doi 10.1002/cpt.113).
OWN_MEANINGS = {
    ("CYP3A5", "poor metabolizer"): N_("%(gene)s hardly works in you, as in very many people."),
    ("CYP3A5", "intermediate metabolizer"): N_(
        "%(gene)s works in you. In very many people it hardly works."
    ),
    ("CYP3A5", "possible intermediate metabolizer"): N_(
        "%(gene)s works in you, at least in part. In very many people it hardly works."
    ),
    ("CYP3A5", "normal metabolizer"): N_(
        "%(gene)s works in you in full. In very many people it hardly works."
    ),
    ("NAT2", "poor metabolizer"): N_("%(gene)s works slowly in you, as in very many people."),
    ("NAT2", "intermediate metabolizer"): N_("%(gene)s works at a middling speed in you."),
    ("NAT2", "rapid metabolizer"): N_("%(gene)s works fast in you."),
}
POSITIVE = N_("You carry %(gene)s%(allele)s, a marker of severe reactions.")
NEGATIVE = N_("You do not carry %(gene)s%(allele)s, the marker of severe reactions.")
CARRIED = N_("You carry %(gene)s alleles that are markers of severe reactions: %(alleles)s.")
NOT_CARRIED = N_(
    "You do not carry these %(gene)s alleles, which are markers of severe reactions: %(alleles)s."
)
DIFFERENT = N_(
    "Your results for %(gene)s do not agree with each other, so what they mean is not certain."
)
OTHERWISE = N_("Your %(gene)s result is %(result)s.")


def meaning(gene: str, result: str) -> Sentence:
    """What a result says about the gene in this person."""
    words = result.casefold()
    text = OWN_MEANINGS.get((gene, words)) or MEANINGS.get(words)
    if text is not None:
        return Sentence(text, {"gene": gene})
    if gene.startswith("HLA-"):
        return _markers(gene, result) or Sentence(OTHERWISE, {"gene": gene, "result": result})
    if ", " in result:
        return Sentence(DIFFERENT, {"gene": gene})
    return Sentence(OTHERWISE, {"gene": gene, "result": result})


def _markers(gene: str, result: str) -> Sentence | None:
    """The markers that are carried; where none is, those that are not. None where it is unread."""
    told = [each.rpartition(" ")[::2] for each in dict.fromkeys(result.split(", "))]
    if not told or any(status not in {"positive", "negative"} for _, status in told):
        return None
    carried = [allele for allele, status in told if status == "positive"]
    named = carried or [allele for allele, _ in told]
    if len({allele for allele, _ in told}) < len(told):
        return Sentence(DIFFERENT, {"gene": gene})
    if len(named) == 1:
        text = POSITIVE if carried else NEGATIVE
        return Sentence(text, {"gene": gene, "allele": named[0]})
    text = CARRIED if carried else NOT_CARRIED
    return Sentence(text, {"gene": gene, "alleles": ", ".join(named)})
