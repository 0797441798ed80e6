"""What is kept, and where a person lands, when a machine is shared or a form says little."""

from __future__ import annotations

from app.kernel import once
from app.web import kept
from tests.support.portal import PASSWORD, Clinic

LETTER = "/messages"


def _keeps(clinic: Clinic, fields: dict[str, str]) -> bool:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(LETTER)
    key = visitor.filled(LETTER)[once.FIELD]
    with clinic.portal.app.test_request_context(
        LETTER, method="POST", data={once.FIELD: key, **fields}
    ):
        return kept.keep()


def test_buttons_alone_are_not_words(clinic: Clinic) -> None:
    assert not _keeps(clinic, {"version": "3", "step": "discard"})
    assert _keeps(clinic, {"version": "3", "body": "Is the laboratory open?"})


def test_passwords_and_codes_are_never_kept_but_postcodes_are(clinic: Clinic) -> None:
    assert not _keeps(clinic, {"password": "x", "new_password": "y", "code": "123456"})
    assert _keeps(clinic, {"postcode": "1100-148"})


def test_next_person_on_the_machine_lands_on_their_own_first_page(clinic: Clinic) -> None:
    marta = clinic.portal.visit()
    marta.send(
        "/sign-in",
        page="/sign-in?next=/messages",
        email=clinic.coordinator.email,
        password=PASSWORD,
    )
    code = clinic.portal.code(clinic.coordinator)
    done = marta.send("/sign-in/code", page="/sign-in/code?next=/messages", code=code)
    assert done.headers["Location"] == "/"
