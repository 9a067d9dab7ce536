from functools import lru_cache
from typing import Literal

from pydantic import PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set from outside, by environment variable or `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="PARCELS_", extra="ignore"
    )

    environment: Literal["development", "production"] = "development"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    capacity: PositiveInt = 10_000


@lru_cache
def get_settings() -> Settings:
    return Settings()
