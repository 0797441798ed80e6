"""Sealed fields: AES-256-GCM under a key of each patient, bound to table, column, row and patient.

The settings' keys wrap the data keys, which are rows; so a new settings' key is cheap, and whoever
destroys a patient's data key has made everything of theirs unreadable, backups included.
"""

from app.kernel.crypto.envelope import Erased, SealBroken
from app.kernel.crypto.keyring import CLINIC, Keyring, keyring
from app.kernel.crypto.sealed import Indexed, Sealed, first_form_is_left, normal

__all__ = [
    "CLINIC",
    "Erased",
    "Indexed",
    "Keyring",
    "SealBroken",
    "Sealed",
    "first_form_is_left",
    "keyring",
    "normal",
]
