"""What an advice means, in our own plain words."""

from __future__ import annotations

from app.clinical.sentences import N_, Sentence

ONE_GENE = N_("%(first)s %(advice)s")
TWO_GENES = N_("%(first)s %(second)s %(advice)s")
THREE_GENES = N_("%(first)s %(second)s %(third)s %(advice)s")
REASONS = {1: ONE_GENE, 2: TWO_GENES, 3: THREE_GENES}

UNKNOWN = N_(
    "Your %(gene)s result for %(drug)s is not known. Please do not read this as a sign that it is"
    " safe for you."
)
TESTED_ALONE = N_(
    "The guideline's advice on %(drug)s rests on what was tested. With a %(gene)s result that"
    " cannot be read it gives none."
)
MAY_BE = N_(
    "%(gene)s %(written)s is not told finely enough. It may be %(gene)s%(marker)s, a marker of"
    " severe reactions to %(drug)s."
)
# What the guideline adds for one pair of variants among those of the same score.
OF_DIPLOTYPES = {
    ("DPYD", "c.2846A>T/c.2846A>T"): N_(
        "With this variant in both copies of %(gene)s, the dose of %(drug)s may have to be"
        " lowered by even more than half."
    ),
}


ADVICE = {
    "usual": N_("Nothing speaks against the usual dose of %(drug)s."),
    "usual-unsure": N_(
        "What is known speaks for the usual dose of %(drug)s. Something is not known, so its"
        " effects deserve a closer look."
    ),
    "usual-against": N_(
        "What is known speaks against relying on the usual dose of %(drug)s. The rest should be"
        " found out before the dose is chosen."
    ),
    "usual-unread": N_(
        "Whether %(drug)s suits you cannot be told, because a result cannot be read. Please ask"
        " the laboratory for it."
    ),
    "usual-short": N_(
        "The usual starting dose of %(drug)s suits: as little as helps, for as short as possible."
    ),
    "usual-level": N_("The usual dose of %(drug)s suits; blood levels guide it from there."),
    "usual-then-other": N_(
        "The usual dose of %(drug)s may be tried. If it does not ease the pain, another kind of"
        " pain reliever may be needed, not codeine or tramadol."
    ),
    "usual-no-inhibitor": N_(
        "The usual dose of %(drug)s suits. Medicines that slow CYP2D6 should be kept away from it."
    ),
    "slower": N_(
        "The usual starting dose of %(drug)s suits, raised more slowly, and a lower dose later on."
    ),
    "lower-slower": N_("A lower starting dose of %(drug)s, raised more slowly, may suit better."),
    "lowest": N_("The lowest recommended dose of %(drug)s is the place to start, with care."),
    "other-or-share": N_(
        "Another medicine may suit better than %(drug)s. If it is used, %(amount)s of the lowest"
        " starting dose is the place to start."
    ),
    "start-share": N_(
        "A start with %(amount)s of the usual dose of %(drug)s is advised, then by blood counts."
    ),
    "start-at": N_("A lower dose of %(drug)s, %(amount)s a day, may suit better."),
    "maintain-at": N_(
        "A lower lasting dose of %(drug)s, %(amount)s a day, may be needed; it depends on the"
        " exact variants."
    ),
    "start-wait": N_(
        "%(Drug)s may be started with %(amount)s a day. Before raising it, two weeks and a"
        " blood level show whether more is needed."
    ),
    "start-raise": N_(
        "%(Drug)s may be started with %(amount)s a day and raised after three days. If it does"
        " not help, a blood level shows whether more is needed."
    ),
    "reduce": N_("A starting dose of %(drug)s lower by %(amount)s is advised."),
    "reduce-level": N_("A starting dose of %(drug)s lower by at least one step is advised."),
    "reduce-later": N_(
        "The usual dose of %(drug)s suits at first. After twelve weeks, if it works, a dose"
        " lower by %(amount)s may be enough."
    ),
    "later-less": N_(
        "The first dose of %(drug)s stays as usual; the doses after it should be about"
        " %(amount)s lower, guided by blood levels."
    ),
    "start-share-or-other": N_(
        "A start with %(amount)s of the usual dose of %(drug)s is advised, then by blood counts."
        " Where it is not for cancer, another medicine is worth considering."
    ),
    "limit-or-other": N_(
        "Of %(drug)s, start with %(amount)s a day; for more effect, another medicine of this kind"
        " is worth considering, or something may be added."
    ),
    "limit": N_(
        "Of %(drug)s, start with %(amount)s a day; for more effect, something may be added."
    ),
    "increase": N_("A starting dose of %(drug)s higher by %(amount)s is advised."),
    "increase-if": N_(
        "The usual dose of %(drug)s suits at first. Against stomach germs or a sore gullet,"
        " %(amount)s more may be needed."
    ),
    "higher-if-needed": N_(
        "The usual starting dose of %(drug)s suits. If it does not help enough, a higher dose or"
        " another medicine may."
    ),
    "watch-hearing": N_(
        "%(Drug)s at the usual dose, for as short as possible, with blood levels and"
        " hearing checks."
    ),
    "watch-blood": N_("%(Drug)s may be used with care; blood counts show if red cells break down."),
    "watch-skin": N_(
        "If nothing else is possible, %(drug)s may be used with frequent checks; it is stopped"
        " at the first sign of a rash."
    ),
    "watch-muscles": N_(
        "The usual dose of %(drug)s suits. Muscle pain is more likely, above all with %(amount)s"
        " a day."
    ),
    "tolerated": N_(
        "If %(drug)s was taken for more than three months without a rash, it may be used again"
        " with care."
    ),
    "test-enzyme": N_(
        "Before %(drug)s is used, the activity of the G6PD enzyme in the blood should be measured."
    ),
    "test-thiopurine": N_(
        "Whether the usual dose of %(drug)s is safe is not known. A test of the TPMT enzyme in the"
        " blood can tell more. If it is used, close blood counts are needed."
    ),
    "hyperthermia-unsure": N_(
        "What happened to you and your family under anaesthesia decides whether %(drug)s is safe."
    ),
    "no-data": N_("The guideline gives no advice on %(drug)s for this result."),
    "avoid": N_("%(Drug)s should not be used."),
    "avoid-hearing": N_(
        "%(Drug)s should be avoided unless nothing safer can treat a grave infection."
    ),
    "avoid-skin": N_("Someone who has not yet taken %(drug)s should not start it."),
    "avoid-hyperthermia": N_("%(Drug)s should not be used; other ways of anaesthesia are safe."),
    "avoid-or-much-less": N_(
        "%(Drug)s should be avoided. If nothing else is possible, only a very small dose with"
        " early blood levels."
    ),
    "malaria-expert": N_(
        "%(Drug)s should be avoided, except against malaria by an expert's plan with weekly doses."
    ),
    "other": N_("A medicine other than %(drug)s is advised."),
    "other-weak": N_("%(Drug)s is unlikely to ease the pain. Another pain reliever is advised."),
    "other-strong": N_("%(Drug)s can become dangerously strong. Another pain reliever is advised."),
    "other-jaundice": N_(
        "Yellow eyes and skin are likely with %(drug)s. Another medicine is worth considering."
    ),
    "other-hormone": N_("%(Drug)s may protect too little. Another hormone treatment is advised."),
    "other-hormone-or-more": N_(
        "%(Drug)s may protect too little. Another hormone treatment is worth considering, or a"
        " higher dose where that is not possible."
    ),
    "other-platelet-acute": N_(
        "%(Drug)s may protect too little against clots. Another medicine, such as prasugrel or"
        " ticagrelor, is advised if nothing speaks against it."
    ),
    "other-platelet": N_(
        "%(Drug)s may protect too little against clots. Another medicine of this kind is worth"
        " considering if nothing speaks against it."
    ),
    "other-cure": N_("A medicine other than %(drug)s is worth considering."),
    "other-or-reduce": N_(
        "A medicine other than %(drug)s is advised. If it must be used, a dose lower by"
        " %(amount)s is safer."
    ),
    "other-or-higher": N_(
        "A medicine other than %(drug)s is advised. If it must be used, a higher dose may be"
        " needed."
    ),
    "other-or-level": N_(
        "A medicine other than %(drug)s is advised. If it must be used, blood levels guide the"
        " dose."
    ),
    "other-or-lowest": N_(
        "Another medicine of this kind may suit better than %(drug)s. If it is used, the lowest"
        " recommended dose is the place to start, with care."
    ),
    "other-or-limit": N_(
        "A medicine other than %(drug)s is advised. If it must be used, %(amount)s a day."
    ),
    "other-or-tenth": N_(
        "The usual dose of %(drug)s would be dangerous. Another medicine is advised, or in cancer"
        " about a tenth of the dose with close blood counts."
    ),
    "warfarin-usual": N_(
        "A dose of %(drug)s worked out with these results will be near the usual."
    ),
    "warfarin-lower": N_(
        "The dose of %(drug)s should be worked out with these results; less than usual is needed."
    ),
    "warfarin-higher": N_("A dose of %(drug)s higher by %(amount)s may be needed."),
}


# The guidelines' own names for whom an advice is meant.
POPULATIONS = {
    "general": N_("for everyone"),
    "adults": N_("for adults"),
    "pediatrics": N_("for children"),
    "child >40kg_adult": N_("for adults, and for children heavier than 40 kg"),
    "<= 1g per day": N_("for up to 1 g a day"),
    "CVI ACS PCI": N_("after a heart attack or a stent in a heart vessel"),
    "CVI non-ACS non-PCI": N_("for other diseases of heart and leg vessels"),
    "NVI": N_("for diseases of the vessels of the brain"),
    "CBZ naive": N_("if it was never taken before"),
    "CBZ use >3mos": N_("if it was taken for more than three months"),
    "CBZ-no alternatives": N_("if nothing else is possible"),
    "OXC naive": N_("if it was never taken before"),
    "OXC use >3 mos": N_("if it was taken for more than three months"),
    "PHT naive": N_("if it was never taken before"),
    "PHT use >3mos": N_("if it was taken for more than three months"),
}


def unknown(gene: str, drug: str) -> Sentence:
    """That a gene which matters for the medicine is not known."""
    return Sentence(UNKNOWN, {"gene": gene, "drug": drug})


def tested_alone(gene: str, drug: str) -> Sentence:
    """That the advice would not stand if the untested gene gave an unclear result."""
    return Sentence(TESTED_ALONE, {"gene": gene, "drug": drug})


def may_be(gene: str, written: str, marker: str, drug: str) -> Sentence:
    """That an HLA allele told too coarsely may be the marker the medicine asks about."""
    values = {"gene": gene, "written": written, "marker": marker, "drug": drug}
    return Sentence(MAY_BE, values)


def of_diplotypes(gene: str, found: frozenset[str], drug: str) -> list[Sentence]:
    """What the guideline adds for exactly these variants."""
    texts = (OF_DIPLOTYPES.get((gene, diplotype)) for diplotype in sorted(found))
    return [Sentence(text, {"gene": gene, "drug": drug}) for text in texts if text]


def advice(code: str, drug: str, amount: str) -> Sentence:
    """The advice under its code for one medicine."""
    text = ADVICE[code]
    values = {"drug": drug, "Drug": drug.capitalize(), "amount": amount}
    return Sentence(text, {name: each for name, each in values.items() if f"%({name})s" in text})


def reason(findings: list[Sentence], then: Sentence) -> Sentence:
    """What was found and what follows, as one text."""
    names = ("first", "second", "third")
    values: dict[str, Sentence] = dict(zip(names, findings, strict=False))
    return Sentence(REASONS[len(findings)], {**values, "advice": then})
