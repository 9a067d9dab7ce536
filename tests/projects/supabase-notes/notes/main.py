from fastapi import FastAPI

app = FastAPI(title="Notes")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
