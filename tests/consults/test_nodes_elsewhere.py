"""A media node on another machine: both sides prove themselves, or nothing is said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.consults.operations import nodes
from app.consults.operations.nodes import NodeGone, NodeRefused
from app.kernel.settings import RemoteNodes
from tests.media.certificates import Authority
from tests.media.running import ROOT
from tests.support.portal import Portal
from tests.support.ports import free_port

SECRET = "d9Jq-6Zr2mXw8Ty4KvBn0PsLhFgUcEa1"
PATIENCE = 20.0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@contextmanager
def node(directory: Path, authority: Authority) -> Iterator[str]:
    """A small node that is controlled over TLS; yields its address."""
    certificate, key = authority.sign("node")
    address = f"127.0.0.1:{free_port()}"
    environ = {
        "PATH": os.environ["PATH"],
        "NEARSIDE_INSTANCE": str(directory),
        "NEARSIDE_MEDIA_SECRET": SECRET,
        "NEARSIDE_MEDIA_TLS_ADDRESS": address,
        "NEARSIDE_MEDIA_TLS_CERTIFICATE": str(certificate),
        "NEARSIDE_MEDIA_TLS_KEY": str(key),
        "NEARSIDE_MEDIA_TLS_CLIENT_CA": str(authority.file),
    }
    log = directory / "node.log"
    with (
        log.open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "tests.media.small_node", "0"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stderr=said,
        ) as process,
    ):
        deadline = time.monotonic() + PATIENCE
        while "node_started" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield address
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE)


def tell(portal: Portal, address: str, ca: Path, certificate: Path, key: Path) -> None:
    """Tell the portal of this node alone."""
    known = portal.app.extensions["settings"]
    remote = RemoteNodes((address,), ca, certificate, key)
    portal.app.extensions["settings"] = replace(known, media_secret=SECRET, media_remote=remote)


def test_the_portal_speaks_to_a_node_elsewhere(
    portal: Portal, tmp_path: Path, authority: Authority
) -> None:
    with node(tmp_path, authority) as address, portal.inside():
        tell(portal, address, authority.file, *authority.sign("portal"))
        assert nodes.least_loaded() == address
        with pytest.raises(NodeRefused, match="no-room"):
            nodes.ask(address, "GET", "/rooms/nobody")


def test_a_client_of_another_authority_is_not_heard(
    portal: Portal, tmp_path: Path, authority: Authority
) -> None:
    with node(tmp_path, authority) as address, portal.inside():
        stranger = Authority(tmp_path, "theirs")
        tell(portal, address, authority.file, *stranger.sign("stranger"))
        assert nodes.least_loaded() is None


def test_a_node_of_another_authority_is_told_nothing(
    portal: Portal, tmp_path: Path, authority: Authority
) -> None:
    with node(tmp_path, authority) as address, portal.inside():
        stranger = Authority(tmp_path, "theirs")
        tell(portal, address, stranger.file, *authority.sign("portal"))
        with pytest.raises(NodeGone):
            nodes.ask(address, "GET", "/health")


@pytest.mark.parametrize("name", ["node-0", "../node-0", "node-100", "127.0.0.1:1", ""])
def test_a_name_that_nobody_told_reaches_nobody(portal: Portal, name: str) -> None:
    with portal.inside(), pytest.raises(NodeGone):
        nodes.ask(name, "GET", "/health")
