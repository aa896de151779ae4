"""How is the Open API put together? Routes, limits, problems, and the two documents that tell of it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fastapi import Depends, FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response

from dashboard.api import document, limits, list_routes, metric_routes, problems, table_routes
from dashboard.api.standing import Unchanged

RATE = "120/60"


def create(settings: Mapping[str, str] | None = None) -> FastAPI:
    """The application that is mounted at /api; `settings` stands for the environment in tests."""
    if settings is None:
        settings = {"rate": os.environ.get("RDEC_API_RATE", ""), "cors": os.environ.get("RDEC_API_CORS", "")}
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for routes in (metric_routes, table_routes, list_routes):
        api.include_router(routes.router, dependencies=[Depends(problems.refuse_repeated)])
    problems.tell(api)
    api.add_exception_handler(Unchanged, lambda request, error: Response(None, 304, error.headers))
    document.serve(api)

    @api.get("/", include_in_schema=False)
    def door(request: Request) -> Response:
        return RedirectResponse("/api/docs")

    # The last one added is the first one asked.
    api.add_middleware(limits.Head)
    api.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    if rate := limits.read_rate(settings.get("rate") or RATE):
        api.add_middleware(limits.Limit, rate=rate)
    if origins := [each.strip() for each in (settings.get("cors") or "").split(",") if each.strip()]:
        api.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET", "HEAD"],
            expose_headers=["ETag", "Link", "Retry-After", "X-Total-Count"],
        )  # fmt: skip
    return api
