"""Packets of a real browser, for the tests of what reads them, and the damage done to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

CAPTURED = Path(__file__).parent / "captured"


def captured(name: str) -> list[bytes]:
    """The packets of one file of hexadecimal lines; a line that starts with # is a remark."""
    lines = (CAPTURED / f"{name}.hex").read_text().splitlines()
    return [bytes.fromhex(line) for line in lines if not line.startswith("#")]


def damaged(packets: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Real packets with bits turned, bytes changed, cut short, stretched or joined."""
    dice = random.Random(seed)  # noqa: S311 - damage must be the same in every run
    for _ in range(count):
        packet = bytearray(dice.choice(packets))
        for _ in range(dice.randrange(1, 5)):
            _damage(packet, packets, dice)
        yield bytes(packet)


def _damage(packet: bytearray, packets: list[bytes], dice: random.Random) -> None:
    # What is read lies in the first bytes, so these are hit more often than their share.
    at = dice.randrange(min(len(packet), dice.choice((8, 40, 2000)))) if packet else 0
    match dice.randrange(6):
        case 0 if packet:
            packet[at] ^= 1 << dice.randrange(8)
        case 1 if packet:
            packet[at] = dice.choice((0, 1, 0x7F, 0x80, 0xBE, 0xFF, dice.randrange(256)))
        case 2:
            del packet[at:]
        case 3:
            packet[at:at] = dice.randbytes(dice.randrange(1, 9))
        case 4:
            packet += dice.choice(packets)[: dice.randrange(64)]
        case _:
            del packet[at : at + dice.randrange(1, 9)]
