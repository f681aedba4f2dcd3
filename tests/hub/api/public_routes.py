"""The routes that ask for no token, each with the reason. A route that is neither here nor declares a scheme fails."""

from typing import Final

PUBLIC: Final[dict[tuple[str, str], str]] = {
    ("GET", "/healthz"): "monitoring, tells nothing",
    ("GET", "/readyz"): "monitoring, tells nothing",
    ("GET", "/metrics"): "monitoring: figures only; a hub's operator keeps it from the outside",
    ("GET", "/openapi.json"): "the description",
    ("GET", "/docs"): "the description, to be read",
    ("GET", "/.well-known/jwks.json"): "public keys",
    ("POST", "/api/v1/terminals/enrol"): "the enrolment code is the proof",
    ("POST", "/api/v1/oauth/token"): "the signed assertion is the proof",
    ("POST", "/api/v1/auth/otp"): "the beginning of a sign-in, limited by phone, address and day",
    ("POST", "/api/v1/auth/otp/verify"): "the digits are the proof",
    ("POST", "/api/v1/auth/password"): "the password is the proof",
    ("POST", "/api/v1/auth/refresh"): "the refresh token is the proof",
    ("POST", "/api/v1/members"): "the registration token is the proof",
    ("GET", "/m"): "a page; what it may ask has tests of its own",
    ("GET", "/m/"): "a page; what it may ask has tests of its own",
    ("GET", "/m/static/{mark}/{name}"): "a page's files",
    ("POST", "/m/session"): "a page's sign-in: the digits are the proof",
    ("POST", "/m/registration"): "a page's registration: the registration token is the proof",
    ("POST", "/m/cards/{card_id}/code"): "a page's own, by its cookie; tests/hub/pages shows who is refused",
    (
        "GET",
        "/m/cards/{card_id}/sharing",
    ): "a page's own, by its cookie; tests/hub/pages shows who is refused",
    (
        "POST",
        "/m/cards/{card_id}/invitations",
    ): "a page's own, by its cookie; tests/hub/pages shows who is refused",
    ("GET", "/m/codes/{code_ref}"): "a page's own, by its cookie; tests/hub/pages shows who is refused",
}
