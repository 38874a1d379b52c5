"""A minimal FastAPI application: the baseline for reads."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/hello")
async def hello() -> dict[str, str]:
    """Say hello."""
    return {"hello": "world"}
