"""One web process holds an SQLite database; another one waits a little, then says so and ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clinic import opened
from tests.support.server import DidNotStart, running

pytestmark = pytest.mark.long


def test_second_server_on_one_sqlite_database_says_so_and_ends(tmp_path: Path) -> None:
    with opened() as clinic:
        with pytest.raises(DidNotStart) as refused, running(clinic.environment, tmp_path):
            pass
        assert clinic.server.companion.running
    assert "already runs on this SQLite database; use PostgreSQL" in str(refused.value)
