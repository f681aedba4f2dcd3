"""`mps-pos` (surface.md)."""

import sys

from pos_app.command_line.app import run


def main() -> None:
    """Run what was typed and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
