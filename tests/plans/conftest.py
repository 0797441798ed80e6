"""What the pages of a plan are tested on."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.plans import drafts
from tests.support.portal import Clinic


@pytest.fixture
def plan_id(clinic: Clinic) -> UUID:
    """A plan under review."""
    return drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
