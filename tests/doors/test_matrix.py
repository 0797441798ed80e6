"""Each page, asked for by each kind of person, for a thing of their own and of another's."""

from __future__ import annotations

import pytest

from app.kernel.access import Access
from app.kernel.actor import Role, Stage
from tests.doors.asking import Asker, led_to
from tests.doors.objects import FACTORIES, Scene
from tests.doors.walk import Door, doors

DOORS = doors()
READING = [door for door in DOORS if door.method == "GET"]
WITH_IDS = [door for door in DOORS if door.names]
CLOSED = [door for door in DOORS if door.access.stage is not Stage.ANYONE]
WRITES_WHEN_OPENED: dict[str, str] = {
    "consults.film": "who saw a recording is written down",
}
FINE = {200, 303}
REFUSED = {400, 409, 422}
# What these show is no form that was refused.
TOLD = {
    "accounts.own_regaining": "nobody asked to get into the account",
    "consults.guest_link": "a member needs no link to a visit, and another's leads nowhere",
}


@pytest.fixture
def asker(scene: Scene) -> Asker:
    return Asker(scene)


def roles_of(access: Access) -> list[Role]:
    """The roles that may pass, in a fixed order."""
    return [role for role in Role if not access.roles or role in access.roles]


def cases(doors: list[Door]) -> list[tuple[Door, Role]]:
    """Each door with each role that may pass it."""
    return [(door, role) for door in doors for role in roles_of(door.access)]


def name(part: object) -> str:
    return part.value if isinstance(part, Role) else str(part)


def test_every_kind_of_thing_has_a_factory() -> None:
    assert {name for door in DOORS for name in door.names} <= set(FACTORIES)


@pytest.mark.parametrize("door", CLOSED, ids=str)
def test_stranger_is_led_to_sign_in(asker: Asker, door: Door) -> None:
    with asker.unchanged():
        answer = asker.ask(door, asker.visitor(None), asker.nowhere(door))
    assert answer.status_code == 303
    assert led_to(answer) == "/sign-in"


@pytest.mark.parametrize(
    "door", [door for door in CLOSED if door.access.stage is Stage.FULL], ids=str
)
@pytest.mark.parametrize("role", Role, ids=name)
def test_password_alone_leads_to_the_code(asker: Asker, door: Door, role: Role) -> None:
    visitor = asker.visitor(role, Stage.PASSWORD)
    with asker.unchanged():
        answer = asker.ask(door, visitor, asker.nowhere(door))
    assert answer.status_code == 303
    assert led_to(answer) == "/sign-in/code"


@pytest.mark.parametrize(
    ("door", "role"),
    [(door, role) for door in CLOSED for role in Role if role not in roles_of(door.access)],
    ids=name,
)
@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
def test_wrong_role_finds_nothing(asker: Asker, door: Door, role: Role, own: bool) -> None:
    holder = roles_of(door.access)[0]
    path = asker.path(door, holder, own)
    visitor = asker.visitor(role)
    with asker.unchanged():
        assert asker.ask(door, visitor, path).status_code == 404


@pytest.mark.parametrize(("door", "role"), cases(WITH_IDS), ids=name)
def test_another_persons_thing_is_not_found(asker: Asker, door: Door, role: Role) -> None:
    path, nowhere = asker.path(door, role, own=False), asker.nowhere(door)
    visitor = asker.visitor(role)
    with asker.unchanged():
        assert asker.ask(door, visitor, path).status_code == 404
        assert asker.ask(door, visitor, nowhere).status_code == 404


def test_own_thing_does_not_open_another_persons_part(asker: Asker) -> None:
    for door, role in cases([door for door in WITH_IDS if len(door.names) > 1]):
        own, foreign = asker.things(door, role, own=True), asker.things(door, role, own=False)
        for swapped in door.names:
            path = door.path
            for one in door.names:
                number = foreign[one] if one == swapped else own[one]
                path = path.replace(f"<uuid:{one}>", str(number))
            answer = asker.ask(door, asker.visitor(role), path)
            assert answer.status_code == 404, f"{door} as {role} with a foreign {swapped}"


@pytest.mark.parametrize(("door", "role"), cases(READING), ids=name)
def test_own_page_opens_and_changes_nothing(asker: Asker, door: Door, role: Role) -> None:
    path = asker.path(door, role, own=True)
    visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
    if door.endpoint in WRITES_WHEN_OPENED:
        assert asker.ask(door, visitor, path).status_code in FINE
        return
    with asker.only_seen():
        assert asker.ask(door, visitor, path).status_code in FINE


@pytest.mark.parametrize(
    ("door", "role"), cases([door for door in DOORS if door.method != "GET"]), ids=name
)
def test_empty_form_is_answered_kindly(asker: Asker, door: Door, role: Role) -> None:
    path = asker.path(door, role, own=True)
    visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
    answer = asker.ask(door, visitor, path)
    file = "attachment" in answer.headers.get("Content-Disposition", "")
    if answer.mimetype == "text/html" and answer.status_code != 303 and not file:
        assert "<h1" in answer.text
        assert answer.status_code in REFUSED or door.endpoint in TOLD
    else:
        assert answer.status_code in FINE


@pytest.mark.parametrize("door", [door for door in DOORS if door.method != "GET"], ids=str)
def test_form_without_its_token_changes_nothing(asker: Asker, door: Door) -> None:
    role = roles_of(door.access)[0]
    path = asker.path(door, role, own=True)
    visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
    with asker.unchanged():
        assert visitor.post(path, {}).status_code == 400


@pytest.mark.parametrize("door", [door for door in DOORS if door.method != "GET"], ids=str)
def test_form_from_another_site_changes_nothing(asker: Asker, door: Door) -> None:
    role = roles_of(door.access)[0]
    path = asker.path(door, role, own=True)
    visitor = asker.visitor(role, max(door.access.stage, Stage.PASSWORD))
    fields = asker.keys(visitor)
    said = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    with asker.only_noted():
        assert visitor.post(path, fields, headers=said).status_code == 403
