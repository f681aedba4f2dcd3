"""`mps-hub backup` and `mps-hub restore` as an operator types them."""

import json
import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hub_server.command_line.program import run
from tests.postgres import PostgresCluster

DONE, WRONG_USE = 0, 64
_SET = ("", "uvicorn.access", "alembic")
"""Loggers that the program sets, as a program of its own may."""


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """The commands run in the tests' own process: their handler would go on writing to a stream that is closed."""
    root = logging.getLogger()
    handlers, levels = list(root.handlers), {name: logging.getLogger(name).level for name in _SET}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_an_operator_is_told_what_was_done_and_why_something_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("MPS_HUB_DATA_DIR", str(data))
    monkeypatch.setenv("MPS_HUB_LANGUAGE", "zh_TW")

    def told(code: int, *words: str) -> str:
        assert run(words) == code, capsys.readouterr()
        output = capsys.readouterr()
        return output.out if code == DONE else output.err

    assert "沒有帳本" in told(WRONG_USE, "backup", str(tmp_path))
    told(DONE, "migrate")
    assert run(["backup", str(tmp_path), "--json"]) == DONE
    output = capsys.readouterr()
    made = json.loads(output.out)
    assert "複製資料庫 100 %" in output.err
    copy = Path(made["file"])
    assert copy.parent == tmp_path
    assert "私鑰" in told(DONE, "backup", str(tmp_path / "second.mpsbackup"))
    assert "is there already" in told(WRONG_USE, "backup", str(copy))
    assert "No such file" in told(WRONG_USE, "backup", str(tmp_path / "nowhere" / "file"))

    assert "--replace" in told(WRONG_USE, "restore", str(copy))
    damaged = tmp_path / "damaged.mpsbackup"
    damaged.write_bytes(copy.read_bytes()[:-10])
    for language, sentence in (("zh_TW", "備份檔已損壞"), ("en", "Nothing was changed: take another copy")):
        monkeypatch.setenv("MPS_HUB_LANGUAGE", language)
        assert sentence in told(WRONG_USE, "restore", str(damaged), "--replace")
    assert "Traceback" not in told(WRONG_USE, "restore", str(tmp_path / "none"))
    keys = data / "hub-keys.json"
    elsewhere = keys.rename(tmp_path / "keys.json")
    assert "no key file" in told(WRONG_USE, "restore", str(copy), "--replace")
    elsewhere.rename(keys)

    # The disk came back without the database, but with what SQLite had kept beside it.
    (data / "hub.sqlite").unlink()
    (data / "hub.sqlite-wal").write_bytes(b"of another database")
    restored = told(DONE, "restore", str(copy))
    assert "A new incarnation has begun: 20" in restored
    assert "Everything agrees." in restored
    assert not (data / "hub.sqlite-wal").exists()
    # A broken one is put aside as it is.
    (data / "hub.sqlite").write_bytes(b"no database" * 1_000)
    assert "--replace" in told(WRONG_USE, "restore", str(copy))
    assert "is kept as" in told(DONE, "restore", str(copy), "--replace")
    assert sorted(path.name[:11] for path in data.glob("hub.before-*")) == ["hub.before-"] * 2
    told(DONE, "check")


def test_the_hubs_own_role_keeps_its_rights_and_no_more(
    postgres_cluster: PostgresCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    role, urls = f"hub_{secrets.token_hex(4)}", [postgres_cluster.create_database() for _ in range(2)]
    with psycopg.connect(urls[0].replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    monkeypatch.setenv("MPS_HUB_DATA_DIR", str(tmp_path / "data"))

    def use(url: str) -> None:
        own = url.replace("//mps@", f"//{role}:of-no-use@")
        monkeypatch.setenv("MPS_HUB_DATABASE_URL", own)
        monkeypatch.setenv("MPS_HUB_MIGRATION_DATABASE_URL", url)

    copy = tmp_path / "hub.mpsbackup"
    use(urls[0])
    assert [run(["migrate"]), run(["demo-data", "--json"]), run(["backup", str(copy)])] == [DONE] * 3
    use(urls[1])
    assert run(["restore", str(copy)]) == DONE
    assert run(["restore", str(copy)]) == WRONG_USE
    assert run(["restore", str(copy), "--replace"]) == DONE
    assert "mps_before_" in capsys.readouterr().out
    assert [run(["check"]), run(["demo-data", "--json"])] == [DONE, DONE], "the hub works by its own role"
    own = urls[1].replace("+psycopg", "").replace("//mps@", f"//{role}@")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(own) as connection:
        connection.execute("DELETE FROM postings")
    for url in urls:
        postgres_cluster.drop_database(url)
