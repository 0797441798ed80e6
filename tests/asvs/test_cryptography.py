"""Which cryptography there is, how strong it is, and that it fails shut."""

from __future__ import annotations

import ast
import json
import re
import time

import aiortc.rtcdtlstransport as dtls
from aiortc import RTCCertificate
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from OpenSSL.SSL import Connection
from pylibsrtp import Policy

from app.accounts.operations import passkeys
from app.kernel.actor import Role
from app.kernel.audit.keys import AuditKeys
from app.kernel.crypto import envelope, keyring
from app.media import tokens
from app.media.recording import sealing
from tests.asvs import source
from tests.kernel.test_crypto import CELL, KEY, ROW
from tests.structure.tree import ROOT
from tests.support.portal import Portal

# What of the cryptography library may be used, and nothing else: no mode without a tag, no
# padding, no cipher of our own.
ALLOWED = {
    "cryptography.exceptions",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.hashes",
    "cryptography.hazmat.primitives.kdf.hkdf",
}
CIPHERS = {"AESGCM"}
# HMAC-SHA-1 is what two protocols themselves ask for: STUN's MESSAGE-INTEGRITY (RFC 8489) and the
# credentials of TURN servers. Neither rests on collisions, and neither guards a secret of people.
HMAC_SHA1 = {"app/consults/operations/turn.py", "app/media/ice.py"}
HASHES = {"sha256", "blake2b"}
ES256, EDDSA, RS256 = -7, -8, -257


def test_only_approved_primitives_are_used() -> None:
    used = {name for name, _path in source.imports() if name.startswith("cryptography")}
    modules = {one for one in used if one.rpartition(".")[2][:1].islower()}
    assert modules <= ALLOWED
    assert {one.rpartition(".")[2] for one in used if ".aead." in one} == CIPHERS
    others = ("Crypto", "Cryptodome", "nacl", "pyaes", "rsa", "ecdsa", "jwt", "jose", "OpenSSL")
    assert source.importers(*others) == {}


def test_only_strong_hashes_are_used() -> None:
    found = {
        name.partition(".")[2] for name, _path in source.imports() if name.startswith("hashlib.")
    }
    assert found <= HASHES
    called = {name for name, _path, _node in source.calls("app") if name.startswith("hashlib.")}
    assert {one.partition(".")[2] for one in called} <= HASHES | {"sha256"}
    weak = {
        path.relative_to(ROOT).as_posix()
        for name, path, node in source.calls("app")
        if name in {"hmac.digest", "hmac.new"}
        and any("sha1" in ast.unparse(one) or "md5" in ast.unparse(one) for one in node.args)
    }
    assert weak <= HMAC_SHA1


def test_every_key_has_128_bits_or_more() -> None:
    assert envelope.KEY_BYTES * 8 == 256
    assert envelope.NONCE_BYTES * 8 == 96
    assert sealing.KEY_BYTES * 8 == 256
    assert tokens.NONCE_BYTES * 8 >= 96


def test_no_nonce_is_used_twice() -> None:
    """Drawn from the system for each value; the same words never look alike."""
    nonces = {KEY.seal("words", CELL, ROW)[envelope._NONCE] for _ in range(20_000)}
    assert len(nonces) == 20_000
    drawn = {
        ast.unparse(node)
        for name, path, node in source.calls("app/kernel/crypto")
        if name == "os.urandom"
    }
    assert drawn == {"os.urandom(NONCE_BYTES)", "os.urandom(KEY_BYTES)"}


def test_devices_sign_with_approved_algorithms_alone(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside():
        _number, options = passkeys.begin_enrolment(portal.actor(ana))
    offered = {one["alg"] for one in json.loads(options)["pubKeyCredParams"]}
    assert {ES256} <= offered <= {ES256, EDDSA, RS256, -36, -37, -38, -39, -258, -259}
    assert -65535 not in offered, "RSA with SHA-1"


def test_checkpoints_are_signed_with_ed25519() -> None:
    keys = AuditKeys([("test", bytes(range(32)))])
    public = keys.public("test")
    assert isinstance(public, Ed25519PublicKey)
    public.verify(keys.sign(b"body"), b"body")


def test_the_node_makes_a_key_of_its_own_on_an_approved_curve_for_a_short_time() -> None:
    first, second = RTCCertificate.generateCertificate(), RTCCertificate.generateCertificate()
    key = first._key
    assert isinstance(key, EllipticCurvePrivateKey)
    assert isinstance(key.curve, SECP256R1)
    assert first.getFingerprints() != second.getFingerprints()
    assert 0 < first.expires.timestamp() - time.time() < 60 * 24 * 3600


def test_the_node_offers_authenticated_srtp_alone() -> None:
    profiles = [one.libsrtp_profile for one in dtls.SRTP_PROFILES]
    approved = {
        Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
        Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    }
    assert set(profiles) <= approved
    assert profiles[0] in approved - {Policy.SRTP_PROFILE_AES128_CM_SHA1_80}


def test_the_node_agrees_on_keys_that_nobody_can_work_out_later() -> None:
    """Each suite has forward secrecy; those that come first encrypt and authenticate in one."""
    context = RTCCertificate.generateCertificate()._create_ssl_context(dtls.SRTP_PROFILES)
    offered = Connection(context, None).get_cipher_list()
    suites = [one for one in offered if not one.startswith("TLS_")]
    assert suites
    assert [one for one in suites if not one.startswith("ECDHE-ECDSA-")] == []
    assert [one for one in offered if re.search(r"RC4|3DES|NULL|EXPORT|MD5|anon", one)] == []
    assert re.search("GCM|POLY1305", suites[0])


def test_keys_of_every_purpose_are_apart(portal: Portal) -> None:
    """One data key of the settings gives other bytes to each purpose that it serves."""
    with portal.inside():
        ring = keyring()
        first, second = (ring.blind("words", purpose=one) for one in ("limit", "recovery-code"))
    assert first != second
