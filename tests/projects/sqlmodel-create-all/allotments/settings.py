from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    postgres_user: str = "allotments"
    postgres_password: str = ""
    postgres_host: str = "localhost"
    postgres_port: int = 5432
    postgres_db: str = "allotments"


settings = Settings()
