"""Sound first, then the speaker, then the others; and nobody's picture flickers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.congestion.share import Given, Shared, Want, cap, red_wanted, share, spare

LOW, HIGH, SOUND = 150_000, 700_000, 32_000
ON = Given(audio=True, video="high")
SMALL = Given(audio=True, video="low")
HEARD = Given(audio=True, video="none")


def person(place: int, *, speaker: bool = False, seen: bool = True) -> list[Want]:
    return [
        Want(place, "audio", (SOUND,), speaker),
        Want(place, "video", (LOW, HIGH), speaker, seen),
    ]


def lone(place: int, rate: int = HIGH) -> list[Want]:
    """Without layers, as in a room of two."""
    return [Want(place, "audio", (SOUND,)), Want(place, "video", (rate,))]


THREE = [*person(0), *person(1, speaker=True), *person(3)]


def newly(bits: int, wants: list[Want] = THREE) -> dict[int, Given]:
    return share(bits, wants, {}).given


# ---------------------------------------------------------------- who comes first


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        pytest.param(10_000, ("-", "s", "-"), id="one voice whatever the line"),
        pytest.param(3 * SOUND, ("s", "s", "s"), id="all voices before any picture"),
        pytest.param(3 * SOUND + LOW, ("s", "l", "s"), id="the speaker's picture"),
        pytest.param(3 * SOUND + 2 * LOW, ("l", "l", "s"), id="another's"),
        pytest.param(3 * SOUND + 3 * LOW, ("l", "l", "l"), id="everybody's"),
        pytest.param(3 * SOUND + 2 * LOW + HIGH, ("l", "h", "l"), id="the speaker's in full"),
        pytest.param(3 * SOUND + LOW + 2 * HIGH, ("h", "h", "l"), id="another's in full"),
        pytest.param(3 * SOUND + 3 * HIGH, ("h", "h", "h"), id="everything"),
    ],
)
def test_sound_then_the_speaker_then_the_others(bits: int, expected: tuple[str, ...]) -> None:
    meant = {"-": Given(), "s": HEARD, "l": SMALL, "h": ON}
    assert newly(bits) == dict(zip((0, 1, 3), (meant[one] for one in expected), strict=True))


def test_what_is_given_is_paid_for() -> None:
    assert share(3 * SOUND + 3 * LOW, THREE, {}).bits == 3 * SOUND + 3 * LOW


def test_a_picture_that_nobody_looks_at_is_not_sent() -> None:
    assert newly(5_000_000, [*person(0, seen=False), *person(1)]) == {0: HEARD, 1: ON}


def test_a_picture_without_layers_gives_way_until_it_is_too_small() -> None:
    assert newly(SOUND + HIGH, lone(0)) == {0: ON}
    assert newly(SOUND + 60_000, lone(0)) == {0: ON}
    assert newly(SOUND + 59_999, lone(0)) == {0: HEARD}
    assert share(SOUND + 60_000, lone(0), {0: HEARD}, ripe={0}).given == {0: HEARD}
    assert share(SOUND + 80_000, lone(0), {0: HEARD}, ripe={0}).given == {0: ON}
    assert share(SOUND + 200_000, lone(0), {}).bits == SOUND + 200_000


def test_what_is_not_sent_is_not_given() -> None:
    assert newly(5_000_000, [Want(0, "audio", ()), Want(0, "video", ())]) == {0: Given()}
    assert newly(5_000_000, []) == {}


# ---------------------------------------------------------------- rising and falling


def test_a_fall_is_at_once_and_a_rise_waits() -> None:
    narrow = share(SOUND + LOW, person(0), {0: ON})
    assert narrow.given == {0: SMALL}
    wide = share(5_000_000, person(0), narrow.given)
    assert (wide.given, wide.rises) == ({0: SMALL}, {0})
    assert share(5_000_000, person(0), wide.given, ripe={0}).given == {0: ON}


def test_a_rise_needs_room_to_spare() -> None:
    needed = SOUND + HIGH
    tight = share(needed, person(0), {0: SMALL}, ripe={0})
    assert (tight.given, tight.rises) == ({0: SMALL}, frozenset())
    roomy = share(int(needed * 1.16), person(0), {0: SMALL}, ripe={0})
    assert roomy.given == {0: ON}
    assert share(needed, person(0), roomy.given).given == {0: ON}


def test_a_dip_takes_no_picture_away() -> None:
    needed = SOUND + HIGH
    assert share(int(0.85 * needed), person(0), {0: ON}).given == {0: ON}
    assert share(int(0.8 * needed), person(0), {0: ON}).given == {0: SMALL}


def test_a_rise_from_nothing_stops_at_the_first_step_that_has_room() -> None:
    narrow = int(1.2 * (SOUND + LOW))
    assert share(narrow, person(0), {0: HEARD}, ripe={0}).given == {0: SMALL}
    assert share(narrow, person(0), {0: HEARD}).given == {0: HEARD}


def test_who_comes_anew_is_seen_without_a_wait() -> None:
    shared = share(3 * SOUND + 3 * LOW, THREE, {0: SMALL, 1: SMALL})
    assert shared.given[3] == SMALL


def test_the_full_picture_stays_where_it_is_until_the_new_speaker_is_ripe() -> None:
    bits = int(1.2 * (3 * SOUND + 2 * LOW + HIGH))
    before = {0: ON, 1: SMALL, 3: SMALL}
    waiting = share(bits, THREE, before)
    assert (waiting.given, waiting.rises) == (before, {1})
    assert share(bits, THREE, before, ripe={1}).given == {0: SMALL, 1: ON, 3: SMALL}


def test_a_voice_is_kept_through_a_moment_of_narrowness() -> None:
    everyone = {0: HEARD, 1: HEARD, 3: HEARD}
    assert share(int(2.5 * SOUND), THREE, everyone).given == everyone
    fewer = share(int(2.4 * SOUND), THREE, everyone).given
    assert fewer == {0: HEARD, 1: HEARD, 3: Given()}
    assert share(int(2.85 * SOUND), THREE, fewer, ripe={3}).given == fewer
    assert share(int(2.95 * SOUND), THREE, fewer).given == everyone


rates = st.integers(20_000, 900_000)
people = st.lists(
    st.tuples(
        st.integers(10_000, 60_000),
        st.lists(rates, max_size=2).map(lambda held: tuple(sorted(held))),
        st.booleans(),
    ),
    max_size=4,
)
states = st.dictionaries(
    st.integers(0, 3),
    st.builds(Given, st.booleans(), st.sampled_from(["none", "low", "high"])),
)
ripe_places = st.sets(st.integers(0, 3))


def crowd(told: list[tuple[int, tuple[int, ...], bool]]) -> list[Want]:
    return [
        want
        for place, (sound, layers, seen) in enumerate(told)
        for want in (
            Want(place, "audio", (sound,), speaker=place == 1),
            Want(place, "video", layers, speaker=place == 1, seen=seen),
        )
    ]


@given(st.integers(0, 4_000_000), people, states, ripe_places)
def test_a_line_that_stays_the_same_gives_the_same(
    bits: int,
    told: list[tuple[int, tuple[int, ...], bool]],
    state: dict[int, Given],
    ripe: set[int],
) -> None:
    wants = crowd(told)
    settled = share(bits, wants, state, ripe)
    for _ in range(3):
        settled = share(bits, wants, settled.given, settled.rises)
    assert share(bits, wants, settled.given, settled.rises).given == settled.given


@settings(max_examples=400)
@given(st.integers(0, 400_000) | st.integers(0, 4_000_000), people, states, ripe_places)
def test_pictures_never_take_more_than_there_is(
    bits: int,
    told: list[tuple[int, tuple[int, ...], bool]],
    state: dict[int, Given],
    ripe: set[int],
) -> None:
    wants = crowd(told)
    shared = share(bits, wants, state, ripe)
    assert set(shared.given) == {want.place for want in wants}
    if any(one.video != "none" for one in shared.given.values()):
        assert shared.bits <= 1.2 * bits
        assert all(one.audio for one in shared.given.values())
    if all(len(want.rates) == 2 for want in wants if want.kind == "video"):
        assert cost(shared, wants) == shared.bits
    newcomers = share(bits, wants, {})
    assert newcomers.bits <= max(bits, cost_of_sound(wants))


def cost_of_sound(wants: list[Want]) -> int:
    return sum(want.rates[0] for want in wants if want.kind == "audio")


def cost(shared: Shared, wants: list[Want]) -> int:
    total = 0
    for want in wants:
        got = shared.given[want.place]
        if want.kind == "audio":
            total += want.rates[0] * got.audio
        elif got.video != "none":
            total += want.rates[0 if got.video == "low" else -1]
    return total


@given(st.lists(st.integers(700_000, 1_050_000), min_size=30, max_size=30))
def test_a_line_that_wavers_takes_a_picture_once_and_does_not_flicker(lines: list[int]) -> None:
    """Around what a full picture needs, with all that waits let through at once."""
    state: dict[int, Given] = {0: ON, 1: SMALL}
    wants = [*person(0, speaker=True), *person(1)]
    seen = []
    for bits in lines:
        state = share(bits, wants, state, ripe={0, 1}).given
        seen.append(state[0].video)
    assert seen == sorted(seen)  # "high" before "low", and never back


# ---------------------------------------------------------------- what publishers are told


def test_the_rest_of_a_line_is_one_places_picture() -> None:
    state = {0: SMALL, 1: ON, 3: Given()}
    assert spare(2_000_000, THREE, state, 1) == 2_000_000 - 2 * SOUND - LOW
    assert spare(2_000_000, THREE, state, 3) == 2_000_000 - 2 * SOUND - LOW - HIGH
    assert spare(100_000, THREE, state, 3) == 0


def test_with_layers_the_best_receiver_counts_and_without_the_narrowest() -> None:
    receivers = [900_000, 200_000]
    assert cap(None, receivers, simulcast=True, beside=LOW + SOUND) == 900_000 + LOW + SOUND
    assert cap(None, receivers, simulcast=False, beside=SOUND) == 200_000 + SOUND


def test_a_publisher_is_never_told_more_than_its_own_line_carries() -> None:
    assert cap(500_000, [900_000], simulcast=True, beside=LOW) == 500_000
    assert cap(40_000, [], simulcast=False) == 40_000


def test_a_publisher_keeps_a_picture_for_who_may_come() -> None:
    assert cap(None, [], simulcast=True, beside=SOUND) == 150_000 + SOUND
    assert cap(None, [0], simulcast=False, beside=SOUND) == 60_000 + SOUND


# ---------------------------------------------------------------- redundant sound


@pytest.mark.parametrize(
    ("loss", "bits", "before", "after"),
    [
        pytest.param(0.021, 200_000, False, True, id="it helps"),
        pytest.param(0.02, 200_000, False, False, id="not yet"),
        pytest.param(0.015, 200_000, True, True, id="it stays"),
        pytest.param(0.009, 200_000, True, False, id="the line is well again"),
        pytest.param(0.1, 123_000, False, False, id="no room for it"),
        pytest.param(0.1, 124_000, False, True, id="room for it"),
        pytest.param(0.1, 112_000, True, True, id="a little less room"),
        pytest.param(0.1, 111_000, True, False, id="too little room"),
    ],
)
def test_sound_carries_a_copy_where_loss_calls_for_it(
    loss: float, bits: int, before: bool, after: bool
) -> None:
    assert red_wanted(loss, bits, audio=SOUND, wanted=before) is after
