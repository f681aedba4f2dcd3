"""`mps-hub` as an administrator types it: a program of its own, exit codes, both languages."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import httpx
import pytest
from sqlalchemy import text

from hub_server.command_line.program import make_program
from hub_server.command_line.setting_texts import MEANINGS
from hub_server.command_line.words import EN, ZH_TW, words_of
from hub_server.foundation.storage import Database
from hub_server.settings import CONFIG_VARIABLE, Settings
from shared.problems import Language
from tests.postgres import PostgresCluster

WAIT_S = 60


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Its own data directory, English."""
    own = {
        "MPS_HUB_DATA_DIR": str(tmp_path / "data"),
        "MPS_HUB_LANGUAGE": "en",
        "MPS_HUB_PIN_BCRYPT_COST": "4",
        "MPS_HUB_PASSWORD_BCRYPT_COST": "4",
    }
    return os.environ | own


def hub_command(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "hub_server", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=WAIT_S, check=False
    )


@contextmanager
def served(
    environment: dict[str, str], *arguments: str, stderr: int | TextIO = subprocess.DEVNULL
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A serving hub and its address."""
    command = [sys.executable, "-m", "hub_server", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("MPS hub: http://127.0.0.1:"), line
            yield process, line.removeprefix("MPS hub: ").strip()
        finally:
            process.kill()


def test_it_serves_where_it_says_and_stops_when_told(environment: dict[str, str]) -> None:
    with served(environment) as (process, address):
        assert httpx.get(f"{address}/readyz", timeout=WAIT_S).json() == {"status": "ready"}

        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=WAIT_S) == 0


def test_a_connection_kept_alive_does_not_hold_up_the_stop(environment: dict[str, str]) -> None:
    with served(environment) as (process, address), httpx.Client(base_url=address, timeout=WAIT_S) as client:
        client.get("/healthz")
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=WAIT_S) == 0


def test_an_embedded_hub_has_one_worker(environment: dict[str, str]) -> None:
    with served(environment, "--workers", "3") as (process, address):
        assert httpx.get(f"{address}/healthz", timeout=WAIT_S).status_code == 200
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        assert not children.exists() or children.read_text() == ""


def test_workers_on_a_server_database_serve_together(
    environment: dict[str, str], postgres_cluster: PostgresCluster
) -> None:
    url = postgres_cluster.create_database()
    environment |= {"MPS_HUB_DATABASE_URL": url}
    assert hub_command(environment, "migrate").returncode == 0
    try:
        with served(environment, "--workers", "2") as (process, address):
            assert httpx.get(f"{address}/readyz", timeout=WAIT_S).status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=WAIT_S) == 0
    finally:
        postgres_cluster.drop_database(url)


def test_a_server_database_is_migrated_on_purpose(
    environment: dict[str, str], postgres_cluster: PostgresCluster
) -> None:
    url = postgres_cluster.create_database()
    environment |= {"MPS_HUB_DATABASE_URL": url}
    try:
        keyless = hub_command(environment, "serve", "--port", "0")
        migrated = hub_command(environment, "migrate")
        again = hub_command(environment, "migrate")
        database = Database(url)
        database.run(lambda c: c.execute(text("DELETE FROM alembic_version")))
        database.close()
        old = hub_command(environment, "serve", "--port", "0")
    finally:
        postgres_cluster.drop_database(url)

    assert keyless.returncode == 64
    assert "mps-hub migrate" in keyless.stderr
    assert (migrated.returncode, again.returncode) == (0, 0)
    assert "hub-keys.json" in migrated.stdout
    assert "hub-keys.json" not in again.stdout
    assert old.returncode == 64
    assert "mps-hub migrate" in old.stderr


def test_demo_data_is_there_and_agrees(environment: dict[str, str]) -> None:
    first = json.loads(hub_command(environment, "demo-data", "--json").stdout)
    second = json.loads(hub_command(environment, "demo-data", "--json").stdout)
    checked = hub_command(environment, "check", "--json")

    assert first["hub"] == "http://127.0.0.1:8080"
    assert first["merchant"] == second["merchant"]
    assert first["enrolment_code"] != second["enrolment_code"]
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["clean"] is True


def test_a_check_that_finds_something_says_what_and_fails(
    environment: dict[str, str], tmp_path: Path
) -> None:
    hub_command(environment, "demo-data", "--json")
    database = Database(f"sqlite:///{tmp_path / 'data' / 'hub.sqlite'}")
    database.run(lambda c: c.execute(text("UPDATE cards SET balance = balance + 1")))
    database.close()

    found, listed = hub_command(environment, "check"), hub_command(environment, "check", "--json")

    assert (found.returncode, listed.returncode) == (1, 1)
    assert "card_balance" in found.stdout
    assert len(json.loads(listed.stdout)["findings"]) >= 1


def test_a_check_where_there_is_no_ledger_says_so_and_makes_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    nowhere = hub_command(environment, "check")
    made = (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hub.sqlite").touch()
    empty = hub_command(environment, "check", "--json")

    assert (nowhere.returncode, empty.returncode, made) == (64, 64, False)
    assert str(tmp_path / "data" / "hub.sqlite") in nowhere.stderr
    assert "no ledger" in nowhere.stderr
    assert "no ledger" in empty.stderr
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["hub.sqlite"]
    assert (tmp_path / "data" / "hub.sqlite").stat().st_size == 0


def test_a_clean_check_says_which_database_and_how_much_it_looked_at(
    environment: dict[str, str], tmp_path: Path
) -> None:
    hub_command(environment, "demo-data")
    checked = hub_command(environment, "check").stdout

    assert str(tmp_path / "data" / "hub.sqlite") in checked
    assert "cards 6" in checked


def test_demo_data_tells_people_the_running_hubs_address_pins_phones_and_where_messages_are(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with served(environment) as (_, address):
        told = hub_command(environment, "demo-data").stdout
        listed = json.loads(hub_command(environment, "demo-data", "--json").stdout)

    assert listed["hub"] == address
    wanted = [address, str(tmp_path / "data" / "sms.jsonl")]
    wanted += [listed[login]["password"] for login in ("admin", "second_admin", "owner")]
    wanted += [listed["merchant"]["api_key"]]
    wanted += [person["pin"] for person in listed["staff"]]
    wanted += [member["phone"] for member in listed["members"]]
    assert [one for one in wanted if one not in told] == []


def test_a_starting_hub_says_where_its_pages_data_and_messages_are(
    environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"MPS_HUB_BASE_URL": "https://hub.example"}
    told = tmp_path / "told.txt"
    with told.open("w") as file, served(environment, stderr=file):
        pass

    assert "https://hub.example/m/" in told.read_text()
    assert f"Data directory: {tmp_path / 'data'}" in told.read_text()
    assert str(tmp_path / "data" / "sms.jsonl") in told.read_text()


@pytest.mark.parametrize("language", ["en", "zh_TW"])
def test_help_lists_every_setting_with_its_meaning_and_default(
    environment: dict[str, str], language: Language
) -> None:
    told = hub_command(environment | {"MPS_HUB_LANGUAGE": language}, "serve", "--help").stdout

    assert set(MEANINGS) == set(Settings.model_fields)
    assert all(f"MPS_HUB_{name.upper()}\n" in told for name in Settings.model_fields)
    assert "900" in told
    assert CONFIG_VARIABLE in told


def test_load_data_writes_codes_beside_demo_data_only(environment: dict[str, str], tmp_path: Path) -> None:
    codes = tmp_path / "codes.jsonl"
    alone = hub_command(environment, "load-data", "--cards", "3", "--codes", str(codes))
    hub_command(environment, "demo-data", "--json")
    made = hub_command(environment, "load-data", "--cards", "3", "--codes", str(codes))

    assert alone.returncode == 64
    assert made.returncode == 0, made.stderr
    lines = [json.loads(line) for line in codes.read_text().splitlines()]
    assert len(lines) == 3
    assert all(line["code"].startswith("MPS1:") for line in lines)


def test_create_admin_prints_a_password_once_that_signs_in(
    environment: dict[str, str], tmp_path: Path
) -> None:
    ask = ("create-admin", "--email", "First@Hub.Example", "--name", "First")
    made = hub_command(environment, *ask, "--json")
    again = hub_command(environment, *ask)
    other = hub_command(environment, *ask[:2], "second@hub.example", *ask[3:], "--role", "auditor")

    assert made.returncode == 0, made.stderr
    admin = json.loads(made.stdout)
    assert admin.keys() == {"id", "email", "role", "initial_password"}
    assert (admin["email"], admin["role"]) == ("first@hub.example", "superadmin")
    assert (again.returncode, again.stdout) == (64, "")
    assert "another login has this address" in again.stderr
    assert other.returncode == 0
    assert "second@hub.example may sign in as auditor" in other.stdout
    with served(environment) as (_, address):
        body = {"email": admin["email"], "password": admin["initial_password"]}
        signed_in = httpx.post(f"{address}/api/v1/auth/password", json=body, timeout=WAIT_S)
        assert signed_in.status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("--email", "first@hub.example"),
        ("--email", "no address", "--name", "First"),
        ("--email", "first@hub.example", "--name", "First", "--role", "owner"),
        ("--email", "first@hub.example", "--name", ""),
    ],
)
def test_create_admin_refuses_what_is_no_admin(
    environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    refused = hub_command(environment, "create-admin", *arguments)

    assert (refused.returncode, refused.stdout) == (64, "")
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("party",),
        ("serve", "--port", "x"),
        ("serve", "--port", "65536"),
        ("load-data", "--cards", "0", "--codes", "x"),
        ("load-data",),
    ],
)
def test_wrong_use_is_64_with_a_sentence(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    done = hub_command(environment, *arguments)

    assert done.returncode == 64
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [("CURRENCY", "dollars"), ("CODE_TTL_S", "59"), ("BASE_URL", "hub.example"), ("SKEW_S", "-1")],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], setting: str, value: str) -> None:
    done = hub_command(environment | {f"MPS_HUB_{setting}": value}, "migrate")

    assert done.returncode == 64
    assert setting in done.stderr


def test_settings_may_stand_in_a_file_whose_misspellings_are_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "hub.toml"
    environment |= {"MPS_HUB_CONFIG": str(file)}
    file.write_text('base_url = "https://hub.example"\n')
    good = hub_command(environment, "demo-data", "--json")
    file.write_text('bas_url = "https://hub.example"\n')
    bad = hub_command(environment, "migrate")
    file.unlink()
    none = hub_command(environment, "migrate")

    assert json.loads(good.stdout)["hub"] == "https://hub.example"
    assert (bad.returncode, none.returncode) == (64, 64)
    assert "BAS_URL" in bad.stderr


def test_a_database_that_is_away_is_no_fault_of_the_program(environment: dict[str, str]) -> None:
    environment |= {"MPS_HUB_DATABASE_URL": "postgresql+psycopg://hub:canary@127.0.0.1:1/hub"}

    done = hub_command(environment, "migrate")

    assert done.returncode == 70
    assert "does not answer" in done.stderr
    assert "canary" not in done.stderr


def test_help_is_in_the_language_asked_for() -> None:
    assert words_of({"MPS_HUB_LANGUAGE": "zh_TW"}) is ZH_TW
    assert words_of({"LANG": "zh_TW.UTF-8"}) is ZH_TW
    assert words_of({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_TW.UTF-8"}) is EN
    assert words_of({}) is words_of({"LANG": "C"}) is EN
    assert make_program(ZH_TW).info.help == ZH_TW.about


def test_every_sentence_has_the_same_blanks_in_both_languages() -> None:
    for name in EN.__slots__:
        blanks = [sorted(_blanks(getattr(words, name))) for words in (EN, ZH_TW)]
        assert blanks[0] == blanks[1], name


def _blanks(sentence: str) -> list[str]:
    return [piece.partition("}")[0] for piece in sentence.split("{")[1:]]
