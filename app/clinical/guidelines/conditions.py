"""Conditions that several rules share, each by its name or by its signs."""

from __future__ import annotations

from app.clinical.guidelines.answers import Answer
from app.clinical.guidelines.build import Exclusion
from app.clinical.guidelines.medicines import RENIN, STATINS
from app.clinical.guidelines.person import Person, either, whichever
from app.clinical.sentences import N_, Sentence

# AHA/ACC 2025: hypertension from 130/80, at home as at a visit.
HYPERTENSION = (130, 80)
STAGE_2 = (140, 90)
VERY_HIGH_LDL = 190
LOW_EGFR, HIGH_UACR = 60, 30
# USPSTF 2022 names dyslipidaemia above this LDL or below this HDL, in mg/dL.
RAISED_LDL, LOW_HDL = 130, 40
# ADA 2026: from the first number, below the second, in % and mg/dL.
PREDIABETES_HBA1C = (5.7, 6.5)
PREDIABETES_GLUCOSE = (100, 126)


def cardiovascular(person: Person) -> Answer:
    """A known disease of heart or vessels."""
    return person.flag("cardiovascular-disease")


def hypertension(person: Person) -> Answer:
    """High blood pressure, told or measured over a week at home."""
    return either(person.flag("hypertension"), person.home_mean(*HYPERTENSION))


def kidney_disease(person: Person) -> Answer:
    """Kidney disease, told or shown by results 90 days apart (KDIGO 2024)."""
    told = person.flag("kidney-disease")
    shown = person.lasts("egfr", below=LOW_EGFR) | person.lasts("uacr", least=HIGH_UACR)
    return told | shown if shown.true else told


def dyslipidaemia(person: Person) -> Answer:
    """Abnormal blood fats, told or by LDL above 130 or HDL below 40 mg/dL."""
    high = person.amount("ldl-cholesterol").above(RAISED_LDL)
    low = person.amount("hdl-cholesterol").below(LOW_HDL)
    return either(person.flag("dyslipidaemia"), high, low)


def risk_factor(person: Person) -> Answer:
    """Dyslipidaemia, diabetes, hypertension or smoking (USPSTF 2020 and 2022)."""
    return dyslipidaemia(person) | person.diabetes | hypertension(person) | person.smokes


def very_high_ldl(person: Person) -> Answer:
    """LDL of 190 mg/dL or more: a path of its own, without a risk equation."""
    return person.amount("ldl-cholesterol").at_least(VERY_HIGH_LDL)


def prediabetes(person: Person) -> Answer:
    """HbA1c of 5.7 to 6.4 % or fasting glucose of 100 to 125 mg/dL, and neither higher."""
    hba1c = person.amount("hba1c").within(*PREDIABETES_HBA1C)
    glucose = person.amount("fasting-glucose").within(*PREDIABETES_GLUCOSE)
    return whichever(hba1c, glucose) & ~high_glucose(person)


def high_glucose(person: Person) -> Answer:
    """HbA1c of 6.5 % or fasting glucose of 126 mg/dL, or more."""
    hba1c = person.amount("hba1c").at_least(PREDIABETES_HBA1C[1])
    glucose = person.amount("fasting-glucose").at_least(PREDIABETES_GLUCOSE[1])
    return whichever(hba1c, glucose)


VERY_HIGH_LDL_PATH = Exclusion(
    Sentence(N_("With very high LDL cholesterol other advice applies, whatever the risk.")),
    very_high_ldl,
)
ON_STATIN = Exclusion(
    Sentence(N_("You already take a statin.")), lambda person: person.takes(STATINS)
)
ON_RENIN_BLOCKER = Exclusion(
    Sentence(N_("You already take a medicine of this kind.")), lambda person: person.takes(RENIN)
)
DISEASED = Exclusion(
    Sentence(N_("With a disease of heart or vessels other advice applies.")), cardiovascular
)
