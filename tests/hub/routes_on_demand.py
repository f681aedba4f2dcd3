"""Routes that FastAPI works out when they are first asked.

It works out the parameters, bodies and answers of all routes while a hub is put together: a tenth of a second, of
which a test that asks three routes needs a fortieth. A hub is put together for each of thousands of tests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path, get_name


class RouteOnDemand(APIRoute):
    """Knows where it is; all else is worked out at the first look at it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.path = path
        self.endpoint = endpoint
        self.name = options["name"] or get_name(endpoint)
        self.methods = {method.upper() for method in options["methods"] or ["GET"]}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._options = options

    def __getattr__(self, name: str) -> Any:
        """An attribute that is not there yet."""
        options = self.__dict__.pop("_options", None)
        if options is None:
            raise AttributeError(name)
        known = {key: self.__dict__[key] for key in ("unique_id",) if key in self.__dict__}
        super().__init__(self.path, self.endpoint, **options)
        self.__dict__.update(known)
        return getattr(self, name)


@contextmanager
def routes_on_demand() -> Iterator[None]:
    """Make every router do so meanwhile."""
    defaults = APIRouter.__init__.__kwdefaults__
    assert defaults is not None
    usual = defaults["route_class"]
    defaults["route_class"] = RouteOnDemand
    yield
    defaults["route_class"] = usual
