"""Connectivity checks: of real browsers, of aioice, and of those who are neither."""

from __future__ import annotations

import pytest
from aioice import stun

from app.media import ice
from app.media.door import STRANGERS_PER_SECOND, Door
from app.media.leg import KEPT_CHECKS, MOST_SOURCES
from tests.media.bench import Bench, Listed
from tests.media.packets import CAPTURED, damaged

HOST = ("192.0.2.7", 4711)


def recorded():
    """(name, password, check) of real browsers."""
    found, name, password = [], "", ""
    for line in (CAPTURED / "stun.hex").read_text().splitlines()[2:]:
        if line.startswith("#"):
            _, name, password = line.split()
        else:
            found.append((name, password, bytes.fromhex(line)))
    return found


def request(credentials, *, nominates=True, password=None, fragment=None) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{fragment or credentials.fragment}:browser"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 7
    if nominates:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or credentials.password).encode())
    return bytes(message)


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7:1", "255.255.255.255"])
def test_an_answer_is_what_aioice_would_say(host):
    transaction, key = bytes(range(12)), b"a password of eighteen bytes"
    expected = stun.Message(
        stun.Method.BINDING,
        stun.Class.RESPONSE,
        transaction,
        {"XOR-MAPPED-ADDRESS": (host, 54321)},
    )
    expected.add_message_integrity(key)
    assert ice.answer(transaction, host, 54321, key) == bytes(expected)


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def leg(bench):
    leg = bench.person(0).leg
    leg.source = leg.destination = None
    return leg


@pytest.fixture
def door(bench, leg):
    made = Door(bench.wire, {})
    made.now = bench.now
    made.open(leg)
    return made


def answers(door):
    wire: Listed = door._wire
    sent, wire.sent = wire.sent, []
    return sent


def test_checks_of_real_browsers_are_answered():
    assert len(recorded()) > 6
    for name, password, packet in recorded():
        assert ice.fragment_of(packet) == name
        check = ice.answered(packet, ice.Credentials(name, password), lambda: HOST)
        answer = stun.parse_message(check.answer)
        assert answer.transaction_id == packet[8:20] == check.transaction
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == HOST
        assert answer.check_message_integrity(password.encode())
        assert "FINGERPRINT" in answer.attributes


def test_browsers_nominate_in_the_end():
    nominating = [
        ice.answered(packet, ice.Credentials(name, password), lambda: HOST).nominates
        for name, password, packet in recorded()
    ]
    assert any(nominating)


def test_credentials_are_of_the_letters_that_ice_allows_and_never_the_same():
    drawn = [ice.Credentials() for _ in range(200)]
    for one in drawn:
        assert len(one.fragment) >= 4
        assert len(one.password) >= 22
        assert (one.fragment + one.password).translate({43: 65, 47: 65}).isalnum()
    assert len({one.fragment for one in drawn}) == 200


def test_a_wrong_password_and_a_wrong_kind_are_not_answered():
    mine = ice.Credentials()
    assert ice.answered(request(mine), mine, lambda: HOST)
    assert ice.answered(request(mine, password="x" * 24), mine, lambda: HOST) is None
    naked = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    assert ice.answered(bytes(naked), mine, lambda: HOST) is None
    for kind in (stun.Class.INDICATION, stun.Class.RESPONSE, stun.Class.ERROR):
        message = stun.Message(stun.Method.BINDING, kind)
        message.add_message_integrity(mine.password.encode())
        assert ice.answered(bytes(message), mine, lambda: HOST) is None


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\x00",
        b"\x00\x01" + bytes(17),
        b"\x00\x01" + bytes(18),
        b"\x00\x01" + bytes(18) + b"\x00\x06\xff\xff",
        b"\x00\x01" + bytes(18) + b"\x00\x06\x00\x09abc",
        b"\x00\x01" + bytes(18) + b"\x00\x06\x02\x02" + bytes(514),
        b"\x00\x01" + bytes(18) + b"\x80\x01\x00\x01",
        b"\x01\x01" + bytes(18) + b"\x00\x06\x00\x04abcd",
    ],
)
def test_what_names_nobody_is_for_nobody(packet):
    assert ice.fragment_of(packet) is None


def test_a_name_that_is_no_text_belongs_to_nobody(door):
    packet = b"\x00\x01" + bytes(18) + b"\x00\x06\x00\x04\xff\xfe:b"
    door.knock("elsewhere", packet)
    assert (answers(door), door.turned_away) == ([], 1)


def test_damaged_checks_raise_nothing_and_are_not_answered():
    real = recorded()
    whole = {packet for _, _, packet in real}
    known = {name: ice.Credentials(name, password) for name, password, _ in real}
    accepted = 0
    for packet in damaged(sorted(whole), 5000, seed=1):
        found = known.get(ice.fragment_of(packet) or "")
        check = ice.answered(packet, found, lambda: HOST) if found else None
        # What stands behind the code is not covered by it (RFC 8489, section 14.5).
        code = packet.find(b"\x00\x08\x00\x14")
        if check and not any(packet[4 : code + 24] == one[4 : code + 24] for one in whole):
            accepted += packet[:2] + packet[4:] not in {one[:2] + one[4:] for one in whole}
    assert accepted == 0


def test_the_first_check_says_where_a_leg_is_and_a_nomination_moves_it(door, leg):
    door.knock("kitchen", request(leg.credentials, nominates=False))
    assert (leg.source, [to for to, _ in answers(door)]) == ("kitchen", ["kitchen"])
    door.knock("garden", request(leg.credentials, nominates=False))
    assert (leg.source, [to for to, _ in answers(door)]) == ("kitchen", ["garden"])
    door.knock("garden", request(leg.credentials))
    assert leg.source == leg.destination == "garden"
    assert leg.sources == ["kitchen", "garden"]


def test_a_check_repeated_from_elsewhere_moves_nobody(door, leg):
    packet = request(leg.credentials)
    door.knock("kitchen", packet)
    door.knock("kitchen", packet)
    assert len(answers(door)) == 2
    door.knock("thief", packet)
    assert (answers(door), leg.source, leg.sources) == ([], "kitchen", ["kitchen"])
    for _ in range(KEPT_CHECKS + 10):
        door.knock("kitchen", request(leg.credentials))
    assert len(leg.checks) == KEPT_CHECKS


def test_unknown_names_and_wrong_passwords_teach_nothing(door, leg):
    door.knock("a", request(leg.credentials, fragment="unknown"))
    door.knock("a", request(leg.credentials, password="p" * 24))
    door.knock("a", b"\x00")
    assert (answers(door), leg.sources, door.turned_away) == ([], [], 3)


def test_a_restart_serves_both_generations_until_the_new_one_is_used(door, leg):
    first = leg.credentials
    door.knock("a", request(first))
    leg.renew()
    door.open(leg)
    second = leg.credentials
    assert second != first
    door.knock("a", request(first))
    door.knock("b", request(second, nominates=False))
    assert len(answers(door)) == 3
    door.knock("b", request(second))
    door.knock("a", request(first))
    assert [to for to, _ in answers(door)] == ["b"]


def test_restarts_that_the_browser_never_hears_of_do_not_cut_it_off(door, leg):
    used = leg.credentials
    door.knock("a", request(used))
    for _ in range(5):
        leg.renew()
        door.open(leg)
    door.knock("a", request(used))
    assert len(answers(door)) == 2
    assert len(leg.generations) == 3
    # It took up the last but one: what comes after that is still open, what was before is not.
    door.knock("a", request(leg.generations[1]))
    leg.renew()
    door.open(leg)
    door.knock("a", request(leg.generations[0]))
    assert len(answers(door)) == 2
    door.knock("a", request(used))
    assert answers(door) == []
    assert len(door._fragments) == len(leg.generations)


def test_a_leg_that_has_gone_is_known_no_more(door, leg):
    door.knock("a", request(leg.credentials))
    leg.renew()
    door.open(leg)
    answers(door)
    door.shut(leg)
    door.knock("a", request(leg.credentials))
    assert (answers(door), door._legs, door._fragments) == ([], {}, {})


def test_addresses_of_one_leg_are_few_and_the_one_in_use_stays(door, leg):
    door.knock("home", request(leg.credentials))
    for at in range(40):
        door.knock(f"train-{at}", request(leg.credentials, nominates=False))
    assert len(leg.sources) == len(door._legs) == MOST_SOURCES
    assert leg.source == "home"
    assert "home" in leg.sources


def test_nobody_takes_the_address_that_another_leg_uses(bench, door, leg):
    door.knock("home", request(leg.credentials))
    other = bench.person(1).leg
    door.open(other)
    door.knock("home", request(other.credentials))
    assert (door._legs["home"], other.sources) == (leg, [])


def test_a_flood_of_unknown_names_keeps_nobody_out(door, leg):
    junk = request(leg.credentials, fragment="unknown")
    for at in range(3 * STRANGERS_PER_SECOND):
        door.knock(f"bot-{at}", junk)
    door.knock("home", request(leg.credentials))
    assert leg.source == "home"


def test_a_flood_that_knows_a_name_is_bounded_and_costs_those_inside_nothing(door, leg):
    door.knock("home", request(leg.credentials))
    answers(door)
    guess = request(leg.credentials, password="g" * 24)
    for at in range(STRANGERS_PER_SECOND):
        door.knock(f"bot-{at}", guess)
    late = request(leg.credentials)
    door.knock("garden", late)
    assert answers(door) == []
    door.knock("home", request(leg.credentials))
    assert len(answers(door)) == 1
    door.now += 1_000_000
    door.knock("garden", late)
    assert leg.source == "garden"


def test_records_of_strangers_reach_no_handshake(door, leg):
    door.knock("home", request(leg.credentials))
    before = door.turned_away
    door.knock("elsewhere", b"\x16\xfe\xff" + bytes(40))
    door.knock("elsewhere", b"\x40" + bytes(40))
    assert door.turned_away == before + 2
