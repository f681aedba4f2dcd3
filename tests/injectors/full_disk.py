"""A disk with no room: a limit on how large a file may become, and a small file system that is full (faults.md, TM)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SCRIPT: Final = """
set -e
place=$1 source=$2 kept=$3 disk=$4 room=$5
shift 5
mount -t tmpfs -o size="$disk" tmpfs "$place"
cp -a "$source/." "$place"
free=$(df --output=avail -B1 "$place" | tail -n 1)
head -c $((free - room)) /dev/zero >"$place/filling"
set +e
"$@"
ended=$?
rm "$place/filling"
cp -a "$place/." "$kept"
exit $ended
"""


def no_file_over(size: int) -> tuple[str, ...]:
    """What goes before a command line: each file that it writes ends at so many bytes."""
    return ("prlimit", f"--fsize={size}", "--")


@dataclass(frozen=True, slots=True)
class FullDisk:
    """A tmpfs of the command's own, in a mount namespace of its own, that goes with it.

    Attributes:
        place: an empty folder, where the command finds it mounted.
        source: what it begins with.
        kept: an empty folder that it is copied to when the command has ended.
    """

    place: Path
    source: Path
    kept: Path

    def with_room_for(self, size: int, disk: str = "8m") -> tuple[str, ...]:
        """What goes before a command line that works in `place` and finds so many bytes left."""
        words = (self.place, self.source, self.kept, disk, size)
        return ("unshare", "--map-root-user", "--mount", "sh", "-c", _SCRIPT, "sh", *map(str, words))
