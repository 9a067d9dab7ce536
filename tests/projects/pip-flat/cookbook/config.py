from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    model_config = SettingsConfigDict(env_prefix='COOKBOOK_', env_file='.env')

    editor_key: str | None = None
    starter_recipes: Path = Path(__file__).with_name('starter_recipes.json')


config = Config()
