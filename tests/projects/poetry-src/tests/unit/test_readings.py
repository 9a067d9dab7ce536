from datetime import UTC, datetime, timedelta

import pytest

from stationlog.readings import Position, Reading, StationLog, UnknownStationError

VALLEY = Position(latitude=46.9, longitude=9.4, altitude_m=520)
MIDNIGHT = datetime(2025, 1, 31, tzinfo=UTC)


def test_oldest_reading_makes_room() -> None:
    log = StationLog(readings_per_station=2)
    log.announce("valley", VALLEY)

    for hour, temperature in enumerate([-8.0, 1.0, 4.0]):
        log.add("valley", Reading(MIDNIGHT + timedelta(hours=hour), temperature, 60.0))

    summary = log.summary("valley")
    assert summary is not None
    assert (summary.readings, summary.coldest_c, summary.warmest_c) == (2, 1.0, 4.0)


def test_station_without_readings_has_no_summary() -> None:
    log = StationLog(readings_per_station=2)
    log.announce("valley", VALLEY)

    assert log.summary("valley") is None


def test_unknown_station_is_an_error() -> None:
    with pytest.raises(UnknownStationError, match="valley"):
        StationLog(readings_per_station=2).summary("valley")
