"""The log of readings and what can be asked of it."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Position:
    latitude: float
    longitude: float
    altitude_m: float


@dataclass(frozen=True, slots=True)
class Reading:
    measured_at: datetime
    temperature_c: float
    humidity_pct: float


@dataclass(frozen=True, slots=True)
class Summary:
    readings: int
    coldest_c: float
    warmest_c: float
    mean_temperature_c: float
    mean_humidity_pct: float


class UnknownStationError(LookupError):
    """No station of that name was announced."""


@dataclass(slots=True)
class _Station:
    position: Position
    readings: deque[Reading]


@dataclass(slots=True)
class StationLog:
    """The stations and their latest readings; the oldest make room for new ones."""

    readings_per_station: int
    _stations: dict[str, _Station] = field(default_factory=dict)

    def announce(self, name: str, position: Position) -> bool:
        """Add a station or move it; return whether it is a new one."""
        known = self._stations.get(name)
        if known is not None:
            known.position = position
            return False
        self._stations[name] = _Station(position, deque(maxlen=self.readings_per_station))
        return True

    def stations(self) -> dict[str, Position]:
        return {name: station.position for name, station in sorted(self._stations.items())}

    def add(self, name: str, reading: Reading) -> None:
        self._station(name).readings.append(reading)

    def summary(self, name: str) -> Summary | None:
        """Summarise a station's readings; None while it has sent none."""
        readings = self._station(name).readings
        if not readings:
            return None
        temperatures = [reading.temperature_c for reading in readings]
        return Summary(
            readings=len(readings),
            coldest_c=min(temperatures),
            warmest_c=max(temperatures),
            mean_temperature_c=round(fmean(temperatures), 2),
            mean_humidity_pct=round(fmean(reading.humidity_pct for reading in readings), 2),
        )

    def _station(self, name: str) -> _Station:
        try:
            return self._stations[name]
        except KeyError:
            raise UnknownStationError(name) from None
