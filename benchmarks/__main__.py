"""``python -m benchmarks NAME [options]`` runs ``benchmarks/NAME.py`` as a script."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from likeness.errors import LikenessError, unknown


def main(arguments: list[str]) -> None:
    """Run the benchmark that the first of ``arguments`` names, with the rest."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    if not arguments or arguments[0] not in known:
        raise unknown("benchmark", arguments[0] if arguments else "", known)
    sys.argv = arguments
    runpy.run_module(f"benchmarks.{arguments[0]}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except LikenessError as error:
        sys.exit(f"benchmarks: {error}")
