import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Config:
    time_zone: tzinfo
    opens_at: int
    closes_at: int
    allowed_origins: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.opens_at < self.closes_at <= 24:
            raise ValueError('rooms must open before they close')

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> 'Config':
        def read(name: str, default: str) -> str:
            return environment.get(f'BOOKINGS_{name}', default)

        origins = read('ALLOWED_ORIGINS', '').split(',')
        return cls(
            time_zone=ZoneInfo(read('TIME_ZONE', 'UTC')),
            opens_at=int(read('OPENS_AT', '7')),
            closes_at=int(read('CLOSES_AT', '22')),
            allowed_origins=tuple(o.strip() for o in origins if o.strip()),
        )


config = Config.from_environment(os.environ)
