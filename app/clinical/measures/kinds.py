"""Where a measure comes from: the kinds of row in the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.clinical.sentences import N_

VITAL = "vital-signs"
DEVICE = "home-device"
SENSOR = "wearable"
FINGER = "finger-prick"
KIT = "home-kit"
LAB = "laboratory"
ASKED = "question"
DERIVED = "calculated"

KINDS: Mapping[str, str] = MappingProxyType(
    {
        VITAL: N_("Measured on the body at home"),
        DEVICE: N_("Read from a device at home"),
        SENSOR: N_("Kept by a watch, telephone or sensor"),
        FINGER: N_("A drop of blood from the finger"),
        KIT: N_("A test strip or kit at home"),
        LAB: N_("A laboratory test"),
        ASKED: N_("A question about how you feel"),
        DERIVED: N_("Worked out from other measurements"),
    }
)
