"""The rules of signing in, at their edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import rules
from app.kernel.actor import Role

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEP = int(NOON.timestamp()) // 30
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
STRONG = "violet anchor seven kettles"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("123456", "123456"),
        ("123 456", "123456"),
        (" 12\u00a034 56 ", "123456"),
        ("12345", None),
        ("1234567", None),
        ("12345a", None),
        ("\uff11\uff12\uff13\uff14\uff15\uff16", None),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", None),
        ("123456\n", None),
        ("-12345", None),
        ("", None),
    ],
)
def test_only_six_plain_digits_are_a_code(typed: str, meant: str | None) -> None:
    assert rules.plain_code(typed) == meant


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_of_one_step_either_way_fits(steps: int, fits: bool) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP + steps)
    assert rules.accepted_step(SECRET, code, NOON, 0) == (STEP + steps if fits else None)


@pytest.mark.parametrize("last", [STEP, STEP + 1, STEP + 9])
def test_code_of_a_step_that_was_used_or_overtaken_does_not_fit(last: int) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP)
    assert rules.accepted_step(SECRET, code, NOON, last) is None


@pytest.mark.parametrize(
    ("steps", "off"), [(-11, False), (-10, True), (-2, True), (-1, False), (0, False), (2, True)]
)
def test_code_of_a_clock_some_minutes_wrong_is_told_apart(steps: int, off: bool) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP + steps)
    assert rules.clock_is_off(SECRET, code, NOON) is off


@given(text=st.text())
def test_recovery_code_keeps_only_what_codes_are_made_of(text: str) -> None:
    plain = rules.plain_recovery_code(text)
    assert set(plain) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert rules.plain_recovery_code(plain) == plain


@pytest.mark.parametrize(
    ("role", "idle", "over"),
    [
        (Role.PATIENT, rules.IDLE_PATIENT, False),
        (Role.PATIENT, rules.IDLE_PATIENT + SECOND, True),
        (Role.CLINICIAN, rules.IDLE_STAFF, False),
        (Role.CLINICIAN, rules.IDLE_STAFF + SECOND, True),
        (Role.COORDINATOR, rules.IDLE_STAFF + SECOND, True),
        (Role.ADMINISTRATOR, rules.IDLE_STAFF + SECOND, True),
    ],
)
def test_session_that_rests_too_long_is_over(role: Role, idle: timedelta, over: bool) -> None:
    created = NOON - timedelta(hours=1)
    assert rules.is_over(role, True, created, NOON - idle, NOON) is over


def test_session_ends_after_twelve_hours_however_busy() -> None:
    for age, over in ((rules.LONGEST_SESSION, False), (rules.LONGEST_SESSION + SECOND, True)):
        assert rules.is_over(Role.PATIENT, True, NOON - age, NOON, NOON) is over


def test_password_without_its_code_is_worth_a_quarter_of_an_hour() -> None:
    for age, over in ((15 * MINUTE, False), (15 * MINUTE + SECOND, True)):
        assert rules.is_over(Role.PATIENT, False, NOON - age, NOON, NOON) is over


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "password1234", "qwertyuiop12", "aaaaaaaaaaaaaaaa", "x" * 129],
)
def test_weak_password_is_refused(password: str) -> None:
    assert rules.password_problem(password)


def test_password_made_of_the_persons_own_name_is_refused() -> None:
    assert rules.password_problem("anamariasilva", ("ana.maria@silva.example", "Ana Maria Silva"))


def test_strong_password_is_taken() -> None:
    assert rules.password_problem(STRONG, ("ana@nearside.test", "Ana")) is None
