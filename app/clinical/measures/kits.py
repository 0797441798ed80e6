"""Strips and kits at home, whose result is read in words."""

from __future__ import annotations

from app.clinical.measures.build import (
    GRADES,
    INVALID,
    MG_DL,
    NEGATIVE,
    PLUS,
    POSITIVE,
    TRACE,
    alert,
    field,
    number,
    strip,
)
from app.clinical.measures.kinds import KIT, LAB
from app.clinical.measures.row import Choice
from app.clinical.sentences import N_

KDIGO, ADA = "KDIGO 2024", "ADA Standards of Care 2026"
READ_IN_TIME = N_("Read the strip after exactly the time the leaflet says.")
IN_DATE = N_("Check that the test is in date and was kept dry.")
URINE = (N_("Use the first urine of the morning if you can."), IN_DATE, READ_IN_TIME)
MAY_FAIL = (INVALID, NEGATIVE, POSITIVE)
SOON_AFTER = N_("A negative test on the first day may be wrong: test again after 2 days.")
KETONES = (NEGATIVE, TRACE, *PLUS)
STRIP = "KDIGO 2024 doi:10.1016/j.kint.2023.10.018; AUA/SUFU 2025 microhematuria"

KETONES_HIGH = N_(
    "With diabetes and a sugar above 250 mg/dL (14 mmol/L) this needs help today: call your care"
    " team now. If you are being sick, drowsy or breathing fast, call the emergency number."
)

KETONES_URINE = strip(
    "ketones-urine",
    "2514-8",
    N_("Ketones in urine"),
    KIT,
    steps=KETONES,
    goal=(N_("Negative is usual."), ADA),
    alerts=(
        alert(
            "high",
            "urgent",
            KETONES_HIGH,
            ADA,
            at_least=3,
        ),
    ),
    how_to=URINE,
    source="ADA Standards of Care 2026, section 6; steps of common strips",
)

KETONES_URINE_MASS = number(
    "ketones-urine-mass",
    "5797-6",
    N_("Ketones in urine, as a number"),
    KIT,
    (MG_DL,),
    hard=(0, 300),
    soft=(0, 160),
    goal=(N_("Under 5 mg/dL is usual."), ADA),
    alerts=(alert("high", "urgent", KETONES_HIGH, ADA, at_least=40),),
    how_to=URINE,
    source="ADA Standards of Care 2026, section 6; figures beside the steps of common strips",
)

DIPSTICK = strip(
    "urine-dipstick",
    "20454-5",
    N_("Urine strip"),
    KIT,
    fields=(
        field("protein", "20454-5", N_("Protein"), GRADES),
        field("glucose", "25428-4", N_("Sugar"), GRADES),
        field("blood", "5794-3", N_("Blood"), GRADES),
        field("leukocytes", "5799-2", N_("White blood cells"), GRADES),
        field("nitrite", "5802-4", N_("Nitrite"), (NEGATIVE, POSITIVE)),
        field("ketones", "2514-8", N_("Ketones"), KETONES),
    ),
    goal=(N_("Negative is usual in every field."), KDIGO),
    alerts=(
        alert(
            "protein",
            "soon",
            N_("There is protein in your urine. A laboratory test can say how much: please ask."),
            KDIGO,
            component="protein",
            at_least=2,
        ),
        alert(
            "blood",
            "soon",
            N_("There is blood in your urine. Please tell your care team, even without pain."),
            "AUA/SUFU 2025",
            component="blood",
            at_least=2,
        ),
        alert(
            "nitrite",
            "soon",
            N_(
                "This may be an infection. If it burns, you have a fever or feel unwell, tell"
                " your care team today."
            ),
            "AUA/SUFU 2025",
            component="nitrite",
            at_least=1,
        ),
    ),
    how_to=URINE,
    source=STRIP,
)

URINE_PH = number(
    "urine-ph",
    "5803-2",
    N_("Acidity of urine (pH)"),
    KIT,
    (Choice("[pH]", "pH", 1),),
    hard=(4, 10),
    soft=(5, 9),
    goal=(N_("5 to 8 is usual; food changes it."), "Common urine strips"),
    how_to=URINE,
    source="Range of common urine strips; from working knowledge",
)

URINE_GRAVITY = number(
    "urine-specific-gravity",
    "5811-5",
    N_("Density of urine"),
    KIT,
    (Choice("{specific'gravity}", N_("compared with water"), 3),),
    hard=(1, "1.06"),
    soft=(1, "1.04"),
    goal=(N_("1.005 to 1.030 is usual; more water lowers it."), "Common urine strips"),
    how_to=URINE,
    source="Range of common urine strips; from working knowledge",
    decimals=3,
)

FIT = strip(
    "fit",
    "29771-3",
    N_("Stool test for hidden blood"),
    KIT,
    also=("2335-8",),
    goal=(N_("Negative is usual. It is repeated every year."), "USPSTF 2021"),
    alerts=(
        alert(
            "positive",
            "soon",
            N_(
                "There is a trace of blood. Most often the cause is harmless, but the bowel needs"
                " a look: please tell your care team this week. A colonoscopy should follow"
                " within 9 months."
            ),
            "USPSTF 2021",
            at_least=1,
        ),
    ),
    how_to=(
        N_("Catch the stool before it touches the water, and send the sample on the same day."),
        N_("Wait if you have your period or a bleeding pile."),
    ),
    source="USPSTF 2021 doi:10.1001/jama.2021.6238; US Multi-Society Task Force 2017",
)

FIT_LEVEL = number(
    "fit-level",
    "58453-2",
    N_("Blood in stool, measured"),
    LAB,
    (Choice("ug/g", N_("micrograms in a gram"), 0),),
    hard=(0, 10000),
    soft=(0, 1000),
    goal=(N_("Under 20 is usual; some clinics count from 10."), "US Multi-Society Task Force 2017"),
    alerts=(
        alert(
            "positive",
            "soon",
            N_("There is a trace of blood. The bowel needs a look: please tell your care team."),
            "US Multi-Society Task Force 2017",
            at_least=20,
        ),
    ),
    how_to=(N_("Catch the stool before it touches the water, and send it on the same day."),),
    source="Robertson 2017 doi:10.1053/j.gastro.2016.08.053; NICE DG56 for 10 ug/g",
)

PREGNANCY = strip(
    "pregnancy-test",
    "2106-3",
    N_("Pregnancy test"),
    KIT,
    steps=MAY_FAIL,
    goal=(N_("The answer is yes or no; neither is wrong."), "Labels of the medicines"),
    alerts=(
        alert(
            "positive",
            "soon",
            N_(
                "Please tell your care team this week, and before your next tablets if you take"
                " any for blood pressure, cholesterol, skin or fits: some are not safe in"
                " pregnancy. Do not stop a medicine for fits by yourself."
            ),
            "Labels of the medicines",
            at_least=2,
        ),
    ),
    how_to=(N_("Use the first urine of the morning."), IN_DATE, READ_IN_TIME),
    source="Labels of ACE inhibitors, statins, isotretinoin and valproate",
)


COVID = strip(
    "covid-antigen",
    "97097-0",
    N_("COVID-19 test"),
    KIT,
    steps=MAY_FAIL,
    also=("94558-4",),
    goal=(N_("Negative is usual."), "CDC"),
    alerts=(
        alert(
            "positive",
            "soon",
            N_(
                "Stay away from others. If you are over 65 or have a long illness, tell your care"
                " team today: tablets help only in the first 5 days."
            ),
            "CDC",
            at_least=2,
        ),
    ),
    how_to=(IN_DATE, N_("Swab as the leaflet shows, both sides of the nose."), SOON_AFTER),
    source="FDA advice on serial antigen tests 2022; CDC COVID-19 treatment",
)

FLU = strip(
    "influenza-antigen",
    "80382-5",
    N_("Flu test"),
    KIT,
    fields=(
        field("a", "80382-5", N_("Influenza A"), MAY_FAIL),
        field("b", "80383-3", N_("Influenza B"), MAY_FAIL),
    ),
    goal=(N_("Negative is usual."), "IDSA 2018"),
    alerts=tuple(
        alert(
            f"positive-{part}",
            "soon",
            N_(
                "You have the flu. If you are over 65, pregnant or have a long illness, tell your"
                " care team today: tablets help most in the first 2 days."
            ),
            "IDSA 2018",
            component=part,
            at_least=2,
        )
        for part in ("a", "b")
    ),
    how_to=(IN_DATE, N_("Swab as the leaflet shows, both sides of the nose."), SOON_AFTER),
    source="IDSA 2018 doi:10.1093/cid/ciy866; CDC",
)

ROWS = (
    *(KETONES_URINE, KETONES_URINE_MASS, DIPSTICK, URINE_PH, URINE_GRAVITY),
    *(FIT, FIT_LEVEL, PREGNANCY, COVID, FLU),
)
