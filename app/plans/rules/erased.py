"""What stands in a plan's lines once the patient was erased: the shape of words, without words."""

from __future__ import annotations

import json

from app.clinical import N_, Sentence
from app.plans.rules.lines import WORDS as PARTS
from app.plans.rules.lines import Audience

_GONE = Sentence(N_("[erased]")).to_json()

WORDS = json.dumps(dict.fromkeys(PARTS, str(_GONE["text"])))
SUGGESTION = json.dumps(
    {
        "rule_id": "",
        "rule_version": "",
        "title": _GONE,
        "wording": dict.fromkeys(PARTS, _GONE),
        "note": _GONE,
        "source": "",
        "url": "",
        "grade": "",
        "strength": _GONE,
        "kind": "",
        "audience": Audience.PATIENT,
        "urgency": "",
        "verified": "",
        "evidence": [],
    }
)
