"""Who bwrap is started as: never uid 0.

A process that is uid 0 outside stays so for the kernel, whatever its user namespace says: it could write what root
owns, and its process limit would not count. A root service therefore drops to an unprivileged number first, through
setpriv.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from service.sandbox.errors import SandboxToolMissing

# Not nobody (65534), whose files and processes other services may own. No account needs to exist for it.
SANDBOX_UID = 65533

SETPRIV_PATHS = ("/usr/bin/setpriv", "/bin/setpriv")


@dataclass(frozen=True, slots=True)
class Identity:
    """An unprivileged user, and the command prefix that becomes it."""

    uid: int
    prefix: tuple[str, ...] = ()


def unprivileged_identity() -> Identity:
    """Return the user that sandboxes are started as. Raises `SandboxToolMissing` for root without setpriv."""
    if os.geteuid() != 0 and os.getuid() != 0:
        return Identity(os.getuid())
    for path in SETPRIV_PATHS:
        if Path(path).is_file():
            drop = (
                f"--reuid={SANDBOX_UID}",
                f"--regid={SANDBOX_UID}",
                "--clear-groups",
                "--bounding-set=-all",
                "--no-new-privs",
            )
            return Identity(SANDBOX_UID, (path, *drop, "--"))
    raise SandboxToolMissing("setpriv", "install util-linux, or start the service as an unprivileged user.")
