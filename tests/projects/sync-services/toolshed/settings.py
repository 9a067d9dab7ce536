from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="TOOLSHED_", extra="ignore")

    database_url: str = "postgresql://toolshed@localhost/toolshed"


settings = Settings()
