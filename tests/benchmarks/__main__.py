"""Run the benchmarks, all or those named, and write their figures: `python -m tests.benchmarks [NAME …]`."""

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol

import tests.benchmarks

RESULTS = Path(__file__).resolve().parent.parent.parent / "build" / "bench.json"
# What the figures depend on most.
LIBRARIES = ("fastapi", "opencv-python-headless", "psycopg", "pyside6-essentials", "sqlalchemy", "zxing-cpp")


class Run(Protocol):
    """Measures in an empty folder and returns figures that JSON can hold."""

    def __call__(self, work: Path) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark module's name and what it runs."""

    name: str
    run: Run


class NoSuchBenchmark(ValueError):
    """A name on the command line that no benchmark has."""


def discover(package_path: Iterable[str], package: str) -> list[Benchmark]:
    """The benchmarks of a package, in the order of their names; modules without a NAME only help them."""
    names = [found.name for found in iter_modules(package_path) if found.name != "__main__"]
    modules = [import_module(f"{package}.{name}") for name in names]
    found = [Benchmark(module.NAME, module.run) for module in modules if hasattr(module, "NAME")]
    return sorted(found, key=lambda benchmark: benchmark.name)


def choose(benchmarks: list[Benchmark], names: list[str]) -> list[Benchmark]:
    """The benchmarks named, or all when none is.

    Raises:
        NoSuchBenchmark: a name that is not among them.
    """
    known = {benchmark.name: benchmark for benchmark in benchmarks}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise NoSuchBenchmark(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
    return [known[name] for name in names] if names else benchmarks


def measure(benchmark: Benchmark) -> dict[str, object]:
    """The figures of one benchmark, and how long it took in seconds."""
    folder = Path(tempfile.mkdtemp(prefix=f"mps-bench-{benchmark.name}-"))
    began = time.monotonic()
    try:
        figures = benchmark.run(folder)
    finally:
        shutil.rmtree(folder)
    return {**figures, "took_s": round(time.monotonic() - began, 1)}


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }


def merge(results: Path, measured: Mapping[str, dict[str, object]]) -> None:
    """Put new figures beside those of benchmarks that were not run this time."""
    kept = json.loads(results.read_text(encoding="utf-8"))["benchmarks"] if results.exists() else {}
    told = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "benchmarks": {**kept, **measured},
    }
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(name: str, figures: Mapping[str, object]) -> str:
    """Figures as lines a person reads; nested ones are named with dots."""
    rows = dict(_flatten("", figures))
    width = max(map(len, rows))
    return "\n".join([name, *(f"  {key:<{width}}  {_shown(value):>12}" for key, value in rows.items())])


def _flatten(prefix: str, figures: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flatten(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def _shown(value: object) -> str:
    return f"{value:,.3f}" if isinstance(value, float) else str(value)


def main(names: list[str]) -> int:
    try:
        chosen = choose(discover(tests.benchmarks.__path__, tests.benchmarks.__name__), names)
    except NoSuchBenchmark as error:
        print(error, file=sys.stderr)
        return 64
    for benchmark in chosen:
        figures = measure(benchmark)
        # After each: what was measured stays, whatever the next one does.
        merge(RESULTS, {benchmark.name: figures})
        print(table(benchmark.name, figures), flush=True)
    print(f"ran: {len(chosen)}, figures in {RESULTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
