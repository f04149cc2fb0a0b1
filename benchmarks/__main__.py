"""`make bench`: everything, or the parts named: `make bench ARGS='images builds'`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import builds, images, logs
from benchmarks.report import noise_line

PARTS: dict[str, Callable[[], None]] = {"images": images.run, "logs": logs.run, "builds": builds.run}


def main() -> None:
    """Run the parts that the command line names, all of them by default."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], metavar="PART", help=", ".join(PARTS))
    for part in parser.parse_args().parts or PARTS:
        print(f"== {part} ==\n{noise_line()}", flush=True)
        PARTS[part]()


if __name__ == "__main__":
    main()
