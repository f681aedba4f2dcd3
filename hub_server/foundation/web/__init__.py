"""HTTP: the application, its guard against hostile requests, and errors as problem documents."""

from hub_server.foundation.web.answers import oauth_answers, problems
from hub_server.foundation.web.application import WebParts, make_application
from hub_server.foundation.web.bounded_heads import HEAD_TIMEOUT_S, BoundedHeads
from hub_server.foundation.web.oauth_errors import OAuthError
from hub_server.foundation.web.problem_documents import ProblemResponse, language_of, problem_response
from hub_server.foundation.web.server import HubServer

__all__ = [
    "HEAD_TIMEOUT_S",
    "BoundedHeads",
    "HubServer",
    "OAuthError",
    "ProblemResponse",
    "WebParts",
    "language_of",
    "make_application",
    "oauth_answers",
    "problem_response",
    "problems",
]
