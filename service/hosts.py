"""What an address in an example asks for that is not there in a sandbox: a host of the network, or a service of this
machine.
"""

from __future__ import annotations

_THIS_MACHINE = ("localhost", "127.", "0.0.0.0", "[::1]", "::1")  # noqa: S104  (compared with, not listened on)
_OTHER_SCHEMES = frozenset({"file", "data", "blob", "node", "sqlite", "about"})


def needed_host(address: str, *, serves: bool) -> str:
    """Say what a connection to `scheme://host…` needs; empty for anything else, and where the code may serve itself."""
    scheme, separator, rest = address.partition("://")
    host = rest.partition("/")[0]
    if not separator or not host or scheme in _OTHER_SCHEMES:
        return ""
    if host.startswith(_THIS_MACHINE):
        return "" if serves else f"needs a service at {host}"
    return f"needs network: {host}"
