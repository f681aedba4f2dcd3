"""`mps-hub`, also as `python -m hub_server`."""

import sys

from hub_server.command_line import run


def main() -> None:
    """Run the command that was typed and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
