"""Runs the service as a command."""

import uvicorn

from stationlog.settings import Settings


def main() -> None:
    settings = Settings()
    uvicorn.run(
        "stationlog.application:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
    )


if __name__ == "__main__":
    main()
