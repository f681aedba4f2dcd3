"""`/healthz`, `/readyz` and `/metrics` (surface.md)."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from hub_server.foundation.observability import Figures
from hub_server.foundation.web.answers import problems
from shared.problems import Code, CodedError


class _Figures(Response):
    """Prometheus' text."""

    media_type = CONTENT_TYPE_LATEST


def health_router(is_ready: Callable[[], bool], figures: Figures) -> APIRouter:
    """`is_ready`: the database answers and its schema is this program's."""
    router = APIRouter(tags=["monitoring"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @router.get("/readyz", responses=problems(Code.SYSTEM_BUSY))
    def readyz() -> dict[str, str]:
        """The hub can serve: its database answers and has the present schema."""
        if not is_ready():
            raise CodedError(Code.SYSTEM_BUSY, "the database does not answer or has another schema")
        return {"status": "ready"}

    @router.get("/metrics", response_class=_Figures)
    def metrics() -> Response:
        """Figures of this process for Prometheus."""
        return _Figures(figures.text())

    return router
