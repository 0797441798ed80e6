"""Check a proof from `audit prove`: python check_proof.py PROOF_FILE PUBLIC_KEY_HEX."""

import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def climb(leaf: bytes, place: int, size: int, path: list[str]) -> str:
    """From a leaf to the root of its tree, as RFC 9162, section 2.1.3.2, describes it."""
    here, last = sha256(b"\x00" + leaf).digest(), size - 1
    for other in map(bytes.fromhex, path):
        if place % 2 or place == last:
            here = sha256(b"\x01" + other + here).digest()
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            here = sha256(b"\x01" + here + other).digest()
        place, last = place // 2, last // 2
    return "" if last else here.hex()


proof, key = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), bytes.fromhex(sys.argv[2])
event = proof["number"].to_bytes(8, "big") + proof["event"].encode()
seal, said = proof["seal"].split("|"), json.loads(proof["checkpoint"])
batch, first, last = map(int, seal[:3])  # then its time, its root and the seal before it
if climb(event, proof["number"] - first, last - first + 1, proof["path"]) != seal[4]:
    sys.exit("The event is not in the batch.")
place, size = batch - said["first_seal"], said["last_seal"] - said["first_seal"] + 1
if climb(proof["seal"].encode(), place, size, proof["seal_path"]) != said["root"]:
    sys.exit("The batch is not under the checkpoint.")
signature = bytes.fromhex(proof["signature"])
Ed25519PublicKey.from_public_bytes(key).verify(signature, proof["checkpoint"].encode())
sys.stdout.write(f"Event {proof['number']} is in the record signed at {said['at']} UTC.\n")
