"""Join tokens: what was signed is read, and nothing else is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.tokens import BadToken, Claims, Expired, fresh_nonce, sign, verify

SECRET = b"a secret of the tests, 32 characters"
NOW = 1_795_000_000.0
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
CLAIMS = st.builds(
    Claims,
    room=NAMES,
    participant=NAMES,
    place=st.integers(0, 3),
    role=st.from_regex(r"[a-z]{1,16}", fullmatch=True),
    expires=st.integers(int(NOW) + 1, int(NOW) + 60),
    nonce=st.from_regex(r"[A-Za-z0-9_-]{16}", fullmatch=True),
)
SAID = Claims("room", "someone", 1, "clinician", int(NOW) + 60, "n" * 16)


@given(CLAIMS)
def test_what_is_signed_is_read_back(claims: Claims) -> None:
    assert verify(sign(claims, SECRET), SECRET, NOW) == claims


@given(CLAIMS, st.data())
def test_a_token_with_anything_changed_is_refused(claims: Claims, data: st.DataObject) -> None:
    text = sign(claims, SECRET)
    where = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda one: one != text[where]))
    for changed in (text[:where] + other + text[where + 1 :], text[:where] + text[where + 1 :]):
        with pytest.raises(BadToken):
            verify(changed, SECRET, NOW)
    with pytest.raises(BadToken):
        verify(text[:where] + other + text[where:], SECRET, NOW)


@given(st.text() | st.from_regex(r"n1(\.[A-Za-z0-9_-]{0,50}){7}"))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        verify(text, SECRET, NOW)


@given(CLAIMS, st.binary(min_size=1))
def test_another_secret_opens_nothing(claims: Claims, secret: bytes) -> None:
    # HMAC pads a short key with zero bytes, so those make no other secret.
    if secret.rstrip(b"\0") != SECRET:
        with pytest.raises(BadToken):
            verify(sign(claims, secret), SECRET, NOW)


def test_a_token_is_good_until_its_second_and_not_longer() -> None:
    text = sign(SAID, SECRET)
    assert verify(text, SECRET, NOW + 59.9) == SAID
    for late in (NOW + 60, NOW + 3600):
        with pytest.raises(Expired):
            verify(text, SECRET, late)


def test_a_token_for_more_than_a_minute_is_refused_and_is_not_called_expired() -> None:
    with pytest.raises(BadToken) as refused:
        verify(sign(SAID, SECRET), SECRET, NOW - 1)
    assert not isinstance(refused.value, Expired)


def test_an_expired_text_that_nobody_signed_is_just_bad() -> None:
    forged = sign(SAID, b"another secret of the tests, longer")
    with pytest.raises(BadToken) as refused:
        verify(forged, SECRET, NOW + 3600)
    assert not isinstance(refused.value, Expired)


@pytest.mark.parametrize(
    "claims",
    [
        Claims("", "someone", 0, "patient", int(NOW), "n" * 16),
        Claims("room.2", "someone", 0, "patient", int(NOW), "n" * 16),
        Claims("room", "x" * 65, 0, "patient", int(NOW), "n" * 16),
        Claims("room", "someone", 4, "patient", int(NOW), "n" * 16),
        Claims("room", "someone", -1, "patient", int(NOW), "n" * 16),
        Claims("room", "someone", 0, "Patient\n", int(NOW), "n" * 16),
        Claims("room", "someone", 0, "patient", -5, "n" * 16),
        Claims("room", "someone", 0, "patient", int(NOW), "short"),
        Claims("räum", "someone", 0, "patient", int(NOW), "n" * 16),
    ],
    ids=str,
)
def test_claims_that_could_not_be_read_back_are_not_signed(claims: Claims) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        sign(claims, SECRET)


def test_two_nonces_differ_and_fit() -> None:
    first, second = fresh_nonce(), fresh_nonce()
    assert first != second
    assert len(first) == len(second) == 16


def test_reading_tokens_loads_no_library_from_elsewhere() -> None:
    """The web process imports this module, and must not get the node's libraries with it."""
    code = (
        "import sys\nimport app.media.tokens\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys\nsys.path.insert(0, '.')\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    foreign = set(done.stdout.split()) - set(sys.stdlib_module_names) - {"__main__", "app"}
    assert foreign == set()
