"""A file that may not grow: what does not fit was not written, and says so; what was there stays (faults.md 3)."""

import json
import subprocess
import sys
from pathlib import Path

from pos_app.storage import Reading

_PROGRAM = """
import json, logging, resource, sys
from pathlib import Path
from pos_app.storage import Database, StorageFailed

logging.disable(logging.CRITICAL)
ENTRY = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, 'genesis', 'at', 'contact', NULL, NULL)"
database = Database(Path(sys.argv[1]))


def append(seq):
    row = (seq, f"id-{seq}", "x" * 3_000, f"hash-{seq}", f"hash-{seq - 1}" if seq else "first")
    database.write(lambda tx: tx.exec_driver_sql(ENTRY, row)).result()


head = -1
refused = []
try:
    while head < 19:
        append(head + 1)
        head += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    # Closing and opening again, to look, can make room once more: so until it stays refused.
    while len(refused) < 4:
        try:
            append(head + 1)
            head += 1
            refused.clear()
        except StorageFailed as error:
            refused.append(type(error).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    append(head + 1)
finally:
    database.close()
print(json.dumps({"head": head, "refused": refused}))
"""


def test_a_file_at_its_limit_refuses_plainly_keeps_what_it_has_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert set(told["refused"]) <= {"StorageFull", "StorageFailed"}
    reading = Reading(tmp_path)
    seqs = reading.read(lambda tx: list(tx.exec_driver_sql("SELECT seq FROM entries ORDER BY seq").scalars()))
    reading.close()
    assert seqs == list(range(told["head"] + 2))
    assert told["head"] > 20
