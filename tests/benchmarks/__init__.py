"""Benchmarks, each a module with `NAME` and `run(work)`; `make bench` runs them and writes build/bench.json.

`run(work: Path) -> dict[str, object]` measures in the empty folder `work` and returns figures: as ratios to
something measured in the same run wherever it can, for two machines never agree on milliseconds.
"""
