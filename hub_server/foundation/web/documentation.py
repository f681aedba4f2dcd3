"""`/docs`: the API's documentation as a plain page, made from the OpenAPI document with nothing from elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, select_autoescape

_templates = Environment(
    loader=PackageLoader("hub_server.foundation.web", "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)


def documentation_router() -> APIRouter:
    """The page."""
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        """Every endpoint with its parameters, messages and answers."""
        page = _templates.get_template("documentation.html.jinja").render(api=request.app.openapi())
        return HTMLResponse(
            page, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        )

    return router
