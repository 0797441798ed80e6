"""Every rule by its id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.clinical.guidelines.cancer import BR_01, CRC_01, CRC_02, LUNG_01
from app.clinical.guidelines.diabetes import DM_01, DM_02, DM_03, DM_04
from app.clinical.guidelines.diabetes_care import DM_05, DM_06, DM_08, LIV_01
from app.clinical.guidelines.drinking import ALC_01
from app.clinical.guidelines.genes import PGX_01
from app.clinical.guidelines.glucose import DM_07
from app.clinical.guidelines.habits import PA_01, TOB_01
from app.clinical.guidelines.heart import CV_01, CV_02, CV_03, CV_04
from app.clinical.guidelines.kidneys import CKD_01, CKD_02, CKD_03
from app.clinical.guidelines.lipid_tests import LIP_04, LIP_05, LIP_06, LIP_08
from app.clinical.guidelines.lipids import LIP_01, LIP_02, LIP_03, LIP_07
from app.clinical.guidelines.mind import ANX_01, DEP_01, DEP_02
from app.clinical.guidelines.pressure import BP_03, BP_04
from app.clinical.guidelines.pressure_plans import BP_01, BP_02, BP_06, BP_07, BP_08
from app.clinical.guidelines.rule import Rule
from app.clinical.guidelines.salt import BP_05
from app.clinical.guidelines.scans import AAA_01, OST_01, SLP_01
from app.clinical.guidelines.weight import OB_01

_ALL = (
    BP_01, BP_02, BP_03, BP_04, BP_05, BP_06, BP_07, BP_08,
    LIP_01, LIP_02, LIP_03, LIP_04, LIP_05, LIP_06, LIP_07, LIP_08,
    DM_01, DM_02, DM_03, DM_04, DM_05, DM_06, DM_07, DM_08,
    LIV_01, CKD_01, CKD_02, CKD_03, OB_01, CV_01, CV_02, CV_03, CV_04,
    TOB_01, ALC_01, DEP_01, DEP_02, ANX_01,
    CRC_01, CRC_02, LUNG_01, AAA_01, BR_01, OST_01, PA_01, SLP_01, PGX_01,
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})
