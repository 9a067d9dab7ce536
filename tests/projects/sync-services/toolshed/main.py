from fastapi import FastAPI

from toolshed.routes import loans, tools

app = FastAPI(title="Toolshed")
app.include_router(tools.router)
app.include_router(loans.router)
