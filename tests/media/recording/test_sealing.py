"""Sealed files: only the key opens them, and only as they were written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from io import BufferedReader
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.recording import sealing
from app.media.recording.sealing import HEADER_BYTES, SealBroken, Sealer, key_id, open_sealed
from tests.media.recording.material import KEY, no_file_longer_than

HEAD, BODY, LAST = b"old head", [b"one" * 1000, b"two" * 2000, b"three"], b"the new head"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "one"


def write(path: Path, *, finish: bool = True, key: bytes = KEY, renewed: bytes = b"") -> bytes:
    sealer = Sealer(path, key)
    for chunk in (HEAD, *BODY):
        if renewed and chunk is BODY[-1]:
            sealer.renew(renewed)
        sealer.append(chunk)
    if finish:
        sealer.finish(LAST)
    sealer.close()
    return path.read_bytes()


def read(path: Path, key: bytes = KEY) -> tuple[bytes, bool]:
    with open_sealed(path, key) as sealed:
        return sealed.readall(), sealed.cut


def chunks(content: bytes) -> list[bytes]:
    """The chunks of a file, lengths and all."""
    rest, found = content[HEADER_BYTES:], []
    while rest:
        end = 4 + (int.from_bytes(rest[:4], "big") & 0x3FFFFFFF)
        found.append(rest[:end])
        rest = rest[end:]
    return found


def test_a_finished_file_reads_with_its_last_head_first(path: Path) -> None:
    write(path)
    assert read(path) == (LAST + b"".join(BODY), False)


def test_a_file_whose_writer_was_killed_reads_from_its_first_head_and_says_so(path: Path) -> None:
    write(path, finish=False)
    assert read(path) == (HEAD + b"".join(BODY), True)


def test_a_better_head_takes_the_place_of_the_first_and_stands_nowhere_else(path: Path) -> None:
    content = write(path, finish=False, renewed=b"better")
    assert read(path) == (b"better" + b"".join(BODY), True)
    path.write_bytes(content[: -len(chunks(content)[-1]) - 1])
    assert read(path) == (HEAD + b"".join(BODY[:-1]), True)
    path.unlink()
    write(path, renewed=b"better")
    assert read(path) == (LAST + b"".join(BODY), False)


@pytest.mark.parametrize("finish", [True, False])
def test_nothing_is_left_out_under_the_mark_of_a_head(path: Path, finish: bool) -> None:
    parts = chunks(content := write(path, finish=finish, renewed=b"better"))
    marked = (int.from_bytes(parts[1][:4], "big") | sealing.RENEWED).to_bytes(4, "big")
    path.write_bytes(
        content[:HEADER_BYTES] + parts[0] + marked + parts[1][4:] + b"".join(parts[2:])
    )
    with pytest.raises(SealBroken, match="chunk 1"):
        read(path)


def test_a_file_of_the_first_version_reads_as_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "VERSION", 1)
    write(path)
    assert path.read_bytes()[5] == 1
    assert read(path) == (LAST + b"".join(BODY), False)


def test_a_truncated_file_reads_to_its_last_whole_chunk(path: Path) -> None:
    content = write(path)
    ends = [HEADER_BYTES]
    for chunk in chunks(content):
        ends.append(ends[-1] + len(chunk))
    plain = [HEAD, *BODY]
    for length in range(HEADER_BYTES, len(content), 37):
        path.write_bytes(content[:length])
        whole = sum(end <= length for end in ends[1:])
        assert read(path) == (b"".join(plain[:whole]), True)


def test_noughts_that_a_lost_power_left_behind_are_an_end(path: Path) -> None:
    content = write(path, finish=False)
    path.write_bytes(content + bytes(500))
    assert read(path) == (HEAD + b"".join(BODY), True)


def test_the_file_holds_nothing_in_clear(path: Path) -> None:
    content = write(path)
    assert not any(plain[:5] in content for plain in (HEAD, *BODY, LAST))


def test_only_the_owner_may_read_it(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_recording_is_never_written_over(path: Path) -> None:
    content = write(path)
    with pytest.raises(FileExistsError):
        Sealer(path, KEY)
    assert path.read_bytes() == content


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        Sealer(path, KEY)
    assert not (tmp_path / "elsewhere").exists()


def test_another_key_is_named_as_the_reason(path: Path) -> None:
    write(path)
    with pytest.raises(SealBroken, match="another key"):
        read(path, bytes(32))


def test_a_forged_key_id_does_not_make_another_key_fit(path: Path) -> None:
    content = bytearray(write(path))
    content[6:22] = key_id(bytes(32))
    path.write_bytes(content)
    with pytest.raises(SealBroken, match="chunk 4"):
        read(path, bytes(32))


@pytest.mark.parametrize("key", [b"", bytes(16), bytes(33)])
def test_a_key_of_another_length_is_refused(path: Path, key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(path, key)
    assert not path.exists()


@pytest.mark.parametrize(
    "order", [(0, 2, 1, 3, 4), (0, 1, 3, 4), (0, 1, 1, 2, 3, 4), (1, 0, 2, 3, 4)]
)
@pytest.mark.parametrize("finish", [True, False])
def test_chunks_moved_left_out_or_repeated_are_refused(
    path: Path, order: tuple[int, ...], finish: bool
) -> None:
    content = write(path, finish=finish)
    parts = chunks(content)
    path.write_bytes(content[:HEADER_BYTES] + b"".join(parts[i] for i in order if i < len(parts)))
    with pytest.raises(SealBroken):
        read(path)


def test_a_chunk_of_another_file_with_the_same_key_is_refused(path: Path) -> None:
    content = write(path, finish=False)
    other = chunks(write(path.with_name("two"), finish=False))
    own = chunks(content)
    path.write_bytes(content[:HEADER_BYTES] + own[0] + other[1] + own[2])
    with pytest.raises(SealBroken, match="chunk 1"):
        read(path)


def test_a_cut_file_cannot_be_passed_off_as_a_whole_one(path: Path) -> None:
    content = write(path, finish=False)
    parts = chunks(content)
    length = int.from_bytes(parts[-1][:4], "big") | 0x80000000
    forged = length.to_bytes(4, "big") + parts[-1][4:]
    path.write_bytes(content[:HEADER_BYTES] + b"".join(parts[:-1]) + forged)
    with pytest.raises(SealBroken):
        read(path)


def test_what_was_added_behind_the_end_is_refused(path: Path) -> None:
    path.write_bytes(write(path) + b"more")
    with pytest.raises(SealBroken, match="behind the end"):
        read(path)


def test_every_altered_bit_of_what_is_read_is_refused_or_reads_as_a_cut(path: Path) -> None:
    content = write(path)
    replaced = range(HEADER_BYTES + 4, HEADER_BYTES + len(chunks(content)[0]))
    for at in [*range(HEADER_BYTES + 60), *range(HEADER_BYTES + 60, len(content), 211)]:
        altered = bytearray(content)
        altered[at] ^= 1 << at % 8
        path.write_bytes(altered)
        try:
            found, cut = read(path)
        except SealBroken:
            continue
        if at in replaced:
            assert (found, cut) == (LAST + b"".join(BODY), False)
        else:
            assert cut
            assert (HEAD + b"".join(BODY)).startswith(found)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_file_makes_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    header = b"NSREC\x01" + key_id(KEY) + bytes(16)
    for start in (b"", header):
        path.write_bytes(start + content)
        try:
            found, cut = read(path)
        except SealBroken:
            continue
        assert (found, cut) == (b"", True)


def test_any_place_can_be_read_without_what_is_before_it(path: Path) -> None:
    write(path)
    whole = LAST + b"".join(BODY)
    with open_sealed(path, KEY) as sealed, BufferedReader(sealed, 64) as file:
        assert sealed.size == len(whole)
        for at in (0, 5, 12, 3011, 3012, 3013, 9000, len(whole) - 1, len(whole), len(whole) + 9):
            file.seek(at)
            assert file.read(700) == whole[at : at + 700]
        file.seek(-3, os.SEEK_END)
        assert file.read() == whole[-3:]


def test_two_files_of_one_key_share_no_bytes(path: Path) -> None:
    one, two = chunks(write(path)), chunks(write(path.with_name("two")))
    assert not {part[4:] for part in one} & {part[4:] for part in two}


def test_a_chunk_that_is_too_long_is_refused_before_it_is_written(path: Path) -> None:
    sealer = Sealer(path, KEY)
    with pytest.raises(ValueError, match="too long"):
        sealer.append(bytes(sealing.LONGEST_CHUNK + 1))
    sealer.finish(LAST)
    assert read(path) == (LAST, False)


def test_a_chunk_there_is_no_room_for_leaves_no_half_of_itself_and_nothing_follows_it(
    path: Path,
) -> None:
    sealer = Sealer(path, KEY)
    sealer.append(HEAD)
    before = path.stat().st_size
    with no_file_longer_than(before + 500), pytest.raises(OSError, match="too large"):
        sealer.append(bytes(2000))
    assert path.stat().st_size == before
    with pytest.raises(OSError, match="descriptor"):
        sealer.append(b"small enough")
    assert read(path) == (HEAD, True)


def test_the_reader_brings_nothing_of_the_node_with_it() -> None:
    program = (
        "import sys, app.media.recording.sealing;"
        "print([name for name in ('av', 'aiortc', 'aiohttp', 'asyncio', 'app.media.rtp',"
        " 'app.media.recording.sink') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
