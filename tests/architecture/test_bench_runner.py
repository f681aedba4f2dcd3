"""`make bench` finds what there is to measure, keeps earlier figures, and says what it measured on."""

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import (
    Benchmark,
    NoSuchBenchmark,
    choose,
    discover,
    main,
    measure,
    merge,
    table,
)


def _decoders(work: Path) -> dict[str, object]:
    (work / "frame.bin").write_bytes(b"frame")
    return {"files": len(list(work.iterdir())), "folder": str(work), "ratio": {"first_stage": 1.25}}


DECODERS = Benchmark("decoders", _decoders)


def test_modules_with_a_name_are_found_in_order_and_others_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "figures_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "frames.py").write_text("FRAMES = 3\n")
    for name in ("writes", "decoders"):
        (package / f"{name}.py").write_text(f"NAME = '{name}'\ndef run(work): return {{'x': 1}}\n")
    monkeypatch.syspath_prepend(tmp_path)
    found = discover([str(package)], package.name)
    assert [benchmark.name for benchmark in found] == ["decoders", "writes"]
    assert found[0].run(tmp_path) == {"x": 1}
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        monkeypatch.delitem(sys.modules, name)


def test_a_benchmark_measures_in_a_folder_of_its_own_that_is_gone_afterwards() -> None:
    figures = measure(DECODERS)
    assert figures["files"] == 1
    assert "took_s" in figures
    assert not Path(str(figures["folder"])).exists()


def test_figures_of_benchmarks_not_run_this_time_are_kept(tmp_path: Path) -> None:
    results = tmp_path / "build" / "bench.json"
    merge(results, {"writes": {"ratio": 2.0}, "decoders": {"ratio": 9.0}})
    merge(results, {"decoders": {"ratio": 1.25}})
    told = json.loads(results.read_text())
    assert told["benchmarks"] == {"writes": {"ratio": 2.0}, "decoders": {"ratio": 1.25}}
    assert told["machine"]["cores"] >= 1
    assert told["machine"]["libraries"]["sqlalchemy"].startswith("2.")


def test_those_named_are_run_and_all_when_none_is_named() -> None:
    writes = Benchmark("writes", _decoders)
    assert choose([DECODERS, writes], ["writes"]) == [writes]
    assert choose([DECODERS, writes], []) == [DECODERS, writes]


def test_an_unknown_name_is_refused_and_the_known_ones_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoSuchBenchmark, match="no benchmark prayers; there are: decoders"):
        choose([DECODERS], ["prayers"])
    assert main(["prayers"]) == 64
    assert "no benchmark prayers" in capsys.readouterr().err


def test_the_table_names_nested_figures_with_dots() -> None:
    lines = table("decoders", {"ratio": {"first_stage": 1.25}, "frames": 40}).splitlines()
    assert lines[0] == "decoders"
    assert lines[1].split() == ["ratio.first_stage", "1.250"]
    assert lines[2].split() == ["frames", "40"]
