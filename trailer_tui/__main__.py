"""The `trailer` command: the app without arguments, otherwise the command line."""

from __future__ import annotations

import sys

from trailer_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
