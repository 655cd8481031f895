"""`python -m tests.service.sandbox.escapes TIER [--only NAME …]`: attempts in a tier, and what came of each as JSON.

`--without WALL` takes a wall away, to see that the attempts notice; it goes only where this is the first process of
namespaces of its own, since such attempts succeed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from service.sandbox import tiers
from service.sandbox.identity import unprivileged_identity
from service.sandbox.inside.kernel import start_loopback
from tests.service.sandbox.escapes.attempts import SIDE_BY_SIDE, Way, attempt_all
from tests.service.sandbox.escapes.everything import ESCAPES
from tests.service.sandbox.escapes.host import Host

# wall → what is left out of bwrap's arguments: the first one's name, and how many words it has
WALLS = {"seccomp": ("--seccomp", 2), "net": ("--unshare-net", 1), "pid": ("--unshare-pid", 1)}


def main() -> int:
    """Run what was asked for; exit with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.service.sandbox.escapes", description=__doc__)
    parser.add_argument("tier", choices=tiers.TIERS)
    parser.add_argument("--only", nargs="+", choices=ESCAPES, metavar="NAME", help="these attempts, not all")
    parser.add_argument("--batch", action="store_true", help="as one of many programs")
    parser.add_argument("--bwrap", help="the only bwrap to use")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE)
    parser.add_argument("--without", choices=WALLS)
    options = parser.parse_args()
    escapes = [ESCAPES[name] for name in options.only or ESCAPES]
    with tempfile.TemporaryDirectory(prefix="askmd-escapes-") as folder:
        if options.without:
            options.bwrap = take_away(options.without, Path(folder), options.bwrap)
        way = Way(options.tier, options.bwrap, options.batch, options.side_by_side)
        host = Host(unprivileged_identity())
        try:
            results = asyncio.run(attempt_all(way, escapes, host))
        finally:
            host.close()
    print(json.dumps(results))
    return 1 if any(result["problems"] for result in results.values()) else 0


def take_away(wall: str, folder: Path, bwrap: str) -> str:
    """Return a bwrap that leaves a wall out, made of the real one, and have the tier taken without its proof."""
    if os.getpid() != 1:
        sys.exit("a wall is taken away only in namespaces of its own")
    start_loopback()

    async def prove_nothing(*_: object) -> None:
        """The proof would notice, which is tested elsewhere."""

    vars(tiers)["prove"] = prove_nothing
    flag, words = WALLS[wall]
    folder.chmod(0o755)
    script = folder / "bwrap"
    script.write_text(f"""#!/bin/sh
count=$#
while test "$count" -gt 0; do
  if test "$1" = {flag}; then shift {words}; count=$((count - {words})); continue; fi
  set -- "$@" "$1"; shift; count=$((count - 1))
done
exec {bwrap} "$@"
""")
    script.chmod(0o755)
    return str(script)


if __name__ == "__main__":
    sys.exit(main())
