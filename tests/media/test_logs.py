"""What the node writes about itself: lines of JSON, figures for Prometheus, and nobody's name."""

from __future__ import annotations

import json
import logging
import re

import pytest

from app.media import logs, metrics
from app.media.logs import Lines, Log


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.handler.setFormatter(Lines(2))
    caplog.set_level(logging.INFO)
    return caplog


def test_a_line_has_its_event_and_only_the_allowed_facts(lines: pytest.LogCaptureFixture) -> None:
    Log("test").info("leg_made", port=4000, participant="ana", room="r1", reason="x" * 500)
    said = json.loads(lines.text)
    assert (said["event"], said["logger"], said["node"]) == ("leg_made", "media.test", 2)
    assert said["port"] == 4000
    assert len(said["reason"]) == 200
    assert "ana" not in lines.text
    assert "r1" not in lines.text


def test_a_fault_keeps_its_place_and_not_its_words(lines: pytest.LogCaptureFixture) -> None:
    try:
        int("ana lives here")
    except ValueError:
        Log("test").exception("failed")
    said = json.loads(lines.text)
    assert said["error"] == "ValueError"
    assert said["where"]
    assert "ana" not in lines.text


def test_other_libraries_are_known_by_name_alone(lines: pytest.LogCaptureFixture) -> None:
    logging.getLogger("aioice.ice").warning("192.0.2.7 sent %s", "ana")
    said = json.loads(lines.text)
    assert (said["event"], said["logger"]) == ("library", "aioice.ice")
    assert "192.0.2.7" not in lines.text


def test_no_id_of_a_person_is_among_the_keys() -> None:
    assert logs.KEYS & {"room", "participant", "leg", "token", "address", "connection"} == set()


LINE = re.compile(
    r'# TYPE [a-z_]+ (counter|gauge)|[a-z_]+(\{kind="([^"\\\n]|\\.)*"\})? -?[0-9.e+-]+'
)


def test_figures_are_what_prometheus_reads() -> None:
    text = metrics.text({"legs": 3, "load": 0.25, "lost_total": {"audio": 1, 'odd "kind"\n': 2.5}})
    assert text.endswith("\n")
    lines = text.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert "nearside_media_legs 3" in lines
    assert "# TYPE nearside_media_lost_total counter" in lines
    assert 'nearside_media_lost_total{kind="audio"} 1' in lines
    assert "# TYPE nearside_media_cpu_seconds_total counter" in lines


@pytest.mark.parametrize("name", ["", "Legs", "legs-left", "legs left", "1legs", "légs"])
def test_a_name_that_could_not_be_read_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        metrics.text({name: 1})
