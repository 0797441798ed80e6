"""The verbs of accounts: making people, signing them in and out, and their second factors."""

from __future__ import annotations

from app.accounts.operations.authenticators import (
    CLOCK_OFF,
    begin_enrolment,
    begin_replacement,
    confirm_again,
    confirm_enrolment,
    confirm_with_code,
    provisioning_address,
    replace,
    replacement_secret,
    verify_second_factor,
)
from app.accounts.operations.closing import erase_patient
from app.accounts.operations.guests import admit_guest, dismiss_guest
from app.accounts.operations.holding import held, hold
from app.accounts.operations.passwords import check_password, create_person, made_up
from app.accounts.operations.recovery import (
    codes_are_saved,
    codes_to_show,
    redeem_recovery_code,
    renew_codes,
)
from app.accounts.operations.sessions import (
    SIGN_IN_FAILED,
    SIGNED_OUT,
    end_every_session,
    end_other_sessions,
    end_own_session,
    open_session,
    seen,
    sign_out,
)

__all__ = [
    "CLOCK_OFF",
    "SIGNED_OUT",
    "SIGN_IN_FAILED",
    "admit_guest",
    "begin_enrolment",
    "begin_replacement",
    "check_password",
    "codes_are_saved",
    "codes_to_show",
    "confirm_again",
    "confirm_enrolment",
    "confirm_with_code",
    "create_person",
    "dismiss_guest",
    "end_every_session",
    "end_other_sessions",
    "end_own_session",
    "erase_patient",
    "held",
    "hold",
    "made_up",
    "open_session",
    "provisioning_address",
    "redeem_recovery_code",
    "renew_codes",
    "replace",
    "replacement_secret",
    "seen",
    "sign_out",
    "verify_second_factor",
]
