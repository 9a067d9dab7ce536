import uvicorn
from fastapi import FastAPI

from routers import links, redirects

app = FastAPI(title="shortlinks")


@app.get("/ping")
async def ping():
    return "pong"


app.include_router(links.router)
# Takes any path of one segment, so it comes after everything else.
app.include_router(redirects.router)

if __name__ == "__main__":
    uvicorn.run("main:app", host="127.0.0.1", port=8000, reload=True)
