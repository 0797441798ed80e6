"""PREVENT figures as published with the R package preventr 0.12.0 (MIT): inputs and results.

From tests/testthat/test-estimate_risk.R, test-other_models.R and their snapshots. Each row:
what differs from one person, the years, and total CVD, ASCVD, heart failure, CHD and stroke
in tenths of a percent.
"""

from __future__ import annotations

from typing import Any

PERSON: dict[str, Any] = {
    "age": 50,
    "sex": "female",
    "sbp": 160,
    "bp_tx": True,
    "total_c": 200,
    "hdl_c": 45,
    "statin": False,
    "dm": True,
    "smoking": False,
    "egfr": 90,
    "bmi": 35,
}
MAN = {"sex": "male"}
ALL_THREE = {"hba1c": 9.2, "uacr": 92, "sdi": 3}
OLD = {"age": 75, "statin": True, "dm": False, "smoking": True}
FULL = {"hba1c": 7.5, "uacr": 40, "sdi": 10}
PCE_MAN = {"age": 59, "sex": "male"}
UNTREATED = {**PCE_MAN, "sbp": 148, "bp_tx": False}
STATIN = {**UNTREATED, "hdl_c": 60, "statin": True}
SMOKER = {**STATIN, "dm": False, "smoking": True}
LIGHT = {"bmi": 28}
BUSY = {
    "sbp": 155,
    "total_c": 188,
    "hdl_c": 50,
    "statin": True,
    "dm": False,
    "smoking": True,
    "egfr": 60,
    "bmi": 30,
    "hba1c": 9,
    "uacr": 900,
}

Row = tuple[dict[str, Any], str, int, tuple[int, ...]]

ROWS: list[Row] = [
    ({}, "base", 10, (147, 92, 81, 44, 54)),
    ({}, "base", 30, (530, 354, 390, 198, 221)),
    ({"hba1c": 9.2}, "hba1c", 10, (165, 103, 107, 55, 53)),
    ({"hba1c": 9.2}, "hba1c", 30, (541, 356, 449, 219, 200)),
    ({"uacr": 92}, "uacr", 10, (181, 111, 105, 55, 65)),
    ({"uacr": 92}, "uacr", 30, (565, 381, 437, 220, 241)),
    ({"sdi": 3}, "sdi", 10, (127, 80, 70, 38, 47)),
    ({"sdi": 3}, "sdi", 30, (485, 322, 358, 179, 202)),
    (ALL_THREE, "full", 10, (174, 105, 114, 56, 56)),
    (ALL_THREE, "full", 30, (534, 348, 443, 213, 204)),
    (MAN, "base", 10, (163, 102, 106, 56, 52)),
    (MAN, "base", 30, (514, 349, 424, 216, 197)),
    ({**MAN, "hba1c": 9.2}, "hba1c", 10, (187, 112, 130, 63, 56)),
    ({**MAN, "hba1c": 9.2}, "hba1c", 30, (524, 340, 457, 211, 188)),
    ({**MAN, "uacr": 92}, "uacr", 10, (195, 123, 130, 66, 63)),
    ({**MAN, "uacr": 92}, "uacr", 30, (535, 368, 448, 227, 213)),
    ({**MAN, "sdi": 3}, "sdi", 10, (143, 88, 89, 49, 43)),
    ({**MAN, "sdi": 3}, "sdi", 30, (480, 317, 384, 199, 171)),
    ({**MAN, **ALL_THREE}, "full", 10, (191, 112, 131, 68, 52)),
    ({**MAN, **ALL_THREE}, "full", 30, (513, 326, 438, 216, 167)),
    ({"uacr": 40}, "uacr", 10, (160, 99, 89, 48, 59)),
    ({**MAN, "uacr": 40}, "uacr", 10, (172, 110, 110, 59, 56)),
    ({"uacr": 40}, "uacr", 30, (542, 363, 407, 206, 229)),
    ({**MAN, "uacr": 40}, "uacr", 30, (514, 355, 420, 218, 202)),
    ({"hba1c": 7.5}, "hba1c", 10, (136, 83, 81, 41, 46)),
    ({**MAN, "hba1c": 7.5}, "hba1c", 10, (155, 94, 101, 51, 47)),
    ({"hba1c": 7.5}, "hba1c", 30, (501, 322, 389, 182, 188)),
    ({**MAN, "hba1c": 7.5}, "hba1c", 30, (491, 317, 411, 192, 175)),
    ({"sdi": 5}, "sdi", 10, (144, 92, 80, 45, 52)),
    ({**MAN, "sdi": 5}, "sdi", 10, (154, 94, 99, 53, 47)),
    ({"sdi": 5}, "sdi", 30, (514, 348, 380, 201, 215)),
    ({**MAN, "sdi": 5}, "sdi", 30, (487, 322, 400, 203, 176)),
    ({"sdi": 10}, "sdi", 10, (157, 100, 89, 48, 58)),
    ({**MAN, "sdi": 10}, "sdi", 10, (182, 114, 123, 62, 59)),
    ({"sdi": 10}, "sdi", 30, (535, 367, 404, 211, 232)),
    ({**MAN, "sdi": 10}, "sdi", 30, (530, 361, 447, 225, 209)),
    ({**OLD, **FULL}, "full", 10, (361, 227, 295, 137, 128)),
    ({**OLD, **FULL, **MAN}, "full", 10, (394, 263, 339, 141, 177)),
    (BUSY, "full", 10, (214, 126, 131, 60, 75)),
    ({**BUSY, **MAN}, "full", 10, (203, 122, 126, 56, 80)),
    (BUSY, "full", 30, (560, 377, 427, 213, 244)),
    ({**BUSY, **MAN}, "full", 30, (514, 343, 394, 181, 241)),
    ({"age": 67}, "base", 10, (230, 140, 147, 73, 79)),
    (PCE_MAN, "base", 10, (211, 134, 146, 75, 70)),
    (PCE_MAN, "base", 30, (518, 355, 433, 222, 203)),
    ({**PCE_MAN, "sbp": 148}, "base", 10, (187, 117, 127, 66, 59)),
    ({**PCE_MAN, "sbp": 148}, "base", 30, (487, 325, 402, 204, 178)),
    (UNTREATED, "base", 10, (153, 100, 102, 60, 47)),
    (UNTREATED, "base", 30, (437, 299, 350, 196, 152)),
    ({**UNTREATED, "total_c": 189}, "base", 10, (151, 96, 102, 56, 46)),
    ({**UNTREATED, "total_c": 189}, "base", 30, (433, 290, 350, 185, 151)),
    ({**UNTREATED, "hdl_c": 60}, "base", 10, (136, 84, 102, 45, 44)),
    ({**UNTREATED, "hdl_c": 60}, "base", 30, (401, 258, 350, 151, 145)),
    (STATIN, "base", 10, (123, 79, 102, 43, 40)),
    (STATIN, "base", 30, (399, 263, 350, 159, 144)),
    ({**STATIN, "dm": False}, "base", 10, (67, 43, 48, 23, 23)),
    ({**STATIN, "dm": False}, "base", 30, (301, 194, 236, 112, 107)),
    (SMOKER, "base", 10, (96, 60, 74, 32, 32)),
    (SMOKER, "base", 30, (334, 213, 271, 122, 119)),
    ({**SMOKER, "egfr": 67}, "base", 10, (99, 62, 76, 33, 33)),
    ({**SMOKER, "egfr": 67}, "base", 30, (355, 228, 291, 132, 128)),
    (LIGHT, "base", 10, (147, 92, 61, 44, 54)),
    (LIGHT, "base", 30, (530, 354, 326, 198, 221)),
    ({**LIGHT, "hba1c": 9}, "hba1c", 10, (161, 100, 79, 53, 52)),
    ({**LIGHT, "hba1c": 9}, "hba1c", 30, (536, 352, 375, 214, 199)),
    ({**LIGHT, "sdi": 5}, "sdi", 10, (144, 92, 62, 45, 52)),
    ({**LIGHT, "sdi": 5}, "sdi", 30, (514, 348, 322, 201, 215)),
    ({**LIGHT, "uacr": 460}, "uacr", 10, (228, 137, 110, 69, 81)),
    ({**LIGHT, "uacr": 460}, "uacr", 30, (610, 416, 426, 248, 265)),
    ({**LIGHT, "hba1c": 9, "sdi": 5, "uacr": 460}, "full", 10, (235, 141, 128, 78, 74)),
    ({**LIGHT, "hba1c": 9, "sdi": 5, "uacr": 460}, "full", 30, (596, 401, 444, 256, 235)),
]

# The same people under the pooled cohort equations of 2013, white and Black.
PCE_ROWS: list[tuple[dict[str, Any], str, int]] = [
    ({}, "white", 64),
    ({}, "other", 64),
    ({}, "black", 245),
    ({"age": 67}, "white", 270),
    (PCE_MAN, "white", 262),
    ({**PCE_MAN, "sbp": 148}, "white", 232),
    (UNTREATED, "white", 200),
    ({**UNTREATED, "total_c": 189}, "white", 190),
    ({**UNTREATED, "hdl_c": 60}, "white", 164),
    ({**UNTREATED, "hdl_c": 60}, "black", 175),
    ({**STATIN, "dm": False}, "black", 96),
    (SMOKER, "black", 160),
]
