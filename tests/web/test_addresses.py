"""Where a person is sent next is a page of this portal, whatever an address asks for."""

from __future__ import annotations

from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from app.kernel.actor import Role
from app.web.addresses import inside
from tests.support.portal import ORIGIN, PASSWORD, Portal

OUTSIDE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "///evil.example",
    "////evil.example",
    "https:evil.example",
    "https://evil.example",
    "https:///evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%0d%0aSet-Cookie:x",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "@evil.example",
    "/@evil.example",
    "nearside.test",
    "settings",
    "?next=/",
    "/nowhere",
    "/sign-out",
    "/settings/",
    "/settings\0",
    "/sett\u0131ngs",
    "/\u2215evil.example",
    "/" + "x" * 600,
    "",
]


def test_address_outside_is_never_followed(portal: Portal) -> None:
    with portal.app.test_request_context("/", base_url=ORIGIN):
        assert {target: inside(target) for target in OUTSIDE} == dict.fromkeys(OUTSIDE)


def test_page_of_the_portal_is_followed(portal: Portal) -> None:
    with portal.app.test_request_context("/", base_url=ORIGIN):
        for target in ("/", "/settings", "/settings?x=1", "/sign-in?next=//evil"):
            assert inside(target) == target


@given(target=st.text(alphabet="/\\.:@%09a?#\t\r\n ehtps", max_size=30))
@how(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_followed_stays_on_this_host(portal: Portal, target: str) -> None:
    with portal.app.test_request_context("/", base_url=ORIGIN):
        found = inside(target)
    assert found is None or (found[0] == "/" and found[1:2] not in {"/", "\\"})


def test_signing_in_never_leads_outside(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    for target in OUTSIDE:
        answer = visitor.get("/sign-in", query_string={"next": target})
        assert answer.headers["Location"] == "/", repr(target)


def test_signing_in_with_a_forged_next_field_leads_to_today(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = portal.visit()
    evil = {"next": "//evil.example"}
    step = visitor.send("/sign-in", email=ana.email, password=PASSWORD, **evil)
    assert step.headers["Location"] == "/sign-in/code"
    done = visitor.send("/sign-in/code", code=portal.code(ana), **evil)
    assert done.headers["Location"] == "/"
