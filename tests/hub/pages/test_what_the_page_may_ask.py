"""The page's own endpoints: other sites are refused, nothing is cached, and the catalogue is whole."""

import re
from importlib.resources import files

import httpx
import pytest

from hub_server.pages.member.qr_svg import qr_svg
from hub_server.pages.member.words import ERRORS, TEXTS
from hub_server.settings import Settings
from shared.problems import Code
from tests.builders.people import SignedUp, prove, sign_up
from tests.fakes.clock import ManualClock

PAGE = files("hub_server.pages.member")


@pytest.fixture
def member(client: httpx.Client, settings: Settings) -> SignedUp:
    """A member whose session the client holds as the page's cookie."""
    signed_up = sign_up(client, settings)
    client.cookies.set("mps-member", signed_up.token)
    return signed_up


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_another_site_cannot_use_the_cookie(
    client: httpx.Client, member: SignedUp, headers: dict[str, str]
) -> None:
    for path in (f"/m/cards/{member.card_id}/code", f"/api/v1/me/cards/{member.card_id}/payment-code"):
        refused = client.post(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert client.post("/api/v1/auth/logout", headers=headers).status_code == 403
    assert client.get("/api/v1/me").status_code == 200


def test_the_page_itself_may(client: httpx.Client, member: SignedUp) -> None:
    origin = {"Origin": str(client.base_url).rstrip("/")}
    drawn = client.post(f"/m/cards/{member.card_id}/code", headers=origin)
    assert drawn.status_code == 200
    assert drawn.headers["Cache-Control"] == "no-store"
    assert drawn.json()["svg"] == qr_svg(drawn.json()["code"])


def test_a_session_cannot_be_planted_from_another_site(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    sign_up(client, settings)
    clock.advance(90_000)
    body = {"challenge_id": "01a20412-646b-74c2-8ff9-d67d878f88da", "code": "123456"}
    refused = client.post("/m/session", json=body, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    token = prove(client, settings, "0922345678")["registration_token"]
    planted = client.post("/m/registration", json={"registration_token": token, "name": "x"})
    assert planted.status_code == 403


def test_nobody_asks_about_another_members_code(
    client: httpx.Client, member: SignedUp, settings: Settings
) -> None:
    other = sign_up(client, settings, "0922345678")
    theirs = client.post(f"/api/v1/me/cards/{other.card_id}/payment-code", headers=other.headers).json()
    assert client.get(f"/m/codes/{theirs['code_ref']}", headers=member.headers).json()["code"] == "NOT_FOUND"
    assert client.get(f"/m/codes/{theirs['code_ref']}", headers=other.headers).json() == {"state": "live"}
    assert client.get(f"/m/codes/{'f' * 500}", headers=member.headers).status_code == 404


def test_the_page_allows_no_foreign_content(client: httpx.Client) -> None:
    page = client.get("/m/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r"https?://|\son\w+=|\sstyle=", page.text)


def test_the_language_is_chinese_unless_asked_otherwise(client: httpx.Client) -> None:
    assert 'lang="zh-Hant-TW"' in client.get("/m/").text
    assert 'lang="en"' in client.get("/m/", headers={"Accept-Language": "en"}).text
    assert 'lang="en"' in client.get("/m/?lang=en").text
    assert client.get("/m/?lang=xx").json()["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("name", ["x.js", "..%2fwords.py", "../member.js", ""])
def test_no_other_file_is_served(client: httpx.Client, name: str) -> None:
    folder = _folder(client)
    for path in (f"{folder}/{name}", "/m/static/member.js", "/m/static/000000000000/member.js", "/m/nothing"):
        assert client.get(path).json()["code"] == "NOT_FOUND"


def test_style_and_scripts_may_be_kept_since_their_address_changes_with_them(client: httpx.Client) -> None:
    folder = _folder(client)
    names = [file.name for file in PAGE.joinpath("static").iterdir()]
    for name in names:
        found = client.get(f"{folder}/{name}")
        assert found.headers["Content-Type"].startswith(("text/css", "text/javascript"))
        assert "max-age" in found.headers["Cache-Control"]
        imported = re.findall(r'from "\./(\S+)"', found.text)
        assert set(imported) <= set(names)
    assert client.get("/m/").headers["Cache-Control"] == "no-store"


def _folder(client: httpx.Client) -> str:
    [folder] = set(re.findall(r'"(/m/static/[0-9a-f]{12})/', client.get("/m/").text))
    return str(folder)


def test_only_an_owner_asks_the_page_about_sharing(
    client: httpx.Client, member: SignedUp, settings: Settings
) -> None:
    other = sign_up(client, settings, "0922345678")
    sharing, invitations = f"/m/cards/{member.card_id}/sharing", f"/m/cards/{member.card_id}/invitations"
    assert client.get(sharing).json() == {"has_password": False}
    assert client.get(sharing, headers=other.headers).json()["code"] == "CARD_NOT_FOUND"
    asked = client.post(invitations, json={"role": "member"}, headers=other.headers)
    assert asked.json()["code"] == "CARD_NOT_FOUND"
    origin = {"Origin": str(client.base_url).rstrip("/")}
    refused = client.post(invitations, json={"role": "member"}, headers=origin)
    assert refused.json()["code"] == "CARD_TYPE_NOT_SHAREABLE"
    foreign = client.post(invitations, json={"role": "member"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    template = "".join(file.read_text(encoding="utf-8") for file in PAGE.joinpath("templates").iterdir())
    scripts = (file for file in PAGE.joinpath("static").iterdir() if file.name.endswith(".js"))
    script = "".join(file.read_text(encoding="utf-8") for file in scripts)
    named = set(re.findall(r"words\.(\w+)", template + script)) | set(re.findall(r'say\("(\w+)"', script))
    families = set(re.findall(r"words\[`(\w+_)\$", script)) | set(re.findall(r'words\["(\w+_)" ~', template))
    codes = {code.value for code in Code}
    assert named <= set(TEXTS) | codes
    unused = {key for key in TEXTS if key not in named and not any(key.startswith(f) for f in families)}
    assert unused == set()


def test_every_text_is_in_both_languages_with_the_same_blanks() -> None:
    for key, text in [*TEXTS.items(), *ERRORS.items()]:
        if key in {"discount", "other_language"}:
            continue  # 折 counts what is paid, "off" what is not; the switch names the other language
        assert text.zh_TW
        assert text.en
        assert re.findall(r"{\w+}", text.zh_TW) == re.findall(r"{\w+}", text.en), key
        assert not re.search(r"[\u4e00-\u9fff]", text.en), key
