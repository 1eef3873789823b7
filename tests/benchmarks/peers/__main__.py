"""Union Archive beside its peers: `python tests/benchmarks/peers [PART …] [--envs FOLDER]`.

Each peer is installed into an environment of its own when it is first measured, which needs an
index of packages; one that cannot be installed is named, with the reason. Costs are seconds of CPU,
which others on the machine do not spoil, and are measured in turns within one run.
"""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from environments import FOLDER

TESTS = Path(__file__).parents[2]
sys.path[1:1] = [str(TESTS / "benchmarks"), str(TESTS), str(TESTS / "faults")]
PARTS = ("reading", "decoding", "crawling", "storing", "searching")


def main() -> None:
    """Print a table for each part."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--envs", type=Path, default=FOLDER, metavar="FOLDER")
    parser.add_argument("--turns", type=int, default=3, help="the median of so many counts")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"got {', '.join(sorted(unknown))}, expected some of {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            import_module(part).run(given.envs, Path(folder), given.turns)


if __name__ == "__main__":
    main()
