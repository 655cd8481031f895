"""What keeps a piece of JavaScript from running here whatever is added to it: the network, a service, files that are
not there, a server that nothing stops.

Only what is certain counts: a call whose failure the code handles, and names that it puts together, are left to the
run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from corpus.javascript import string_of, text_of, tree_nodes
from service.hosts import needed_host
from service.paths import is_relative_file

_CONNECTING = frozenset({"fetch", "get", "request", "connect", "createConnection"})
_RESOLVING = frozenset("lookup resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveTxt reverse".split())
_CONNECTING_MODULES = ("http", "https", "http2", "net", "tls")
_READING = frozenset(
    f"{name}{ending}"
    for name in "readFile open createReadStream stat lstat access readdir copyFile watch unlink rename".split()
    for ending in ("", "Sync")
)
_STOPPERS = frozenset({"close", "exit", "kill", "unref", "destroy", "abort", "closeAllConnections"})


class _Call(NamedTuple):
    receiver: str
    """What stands before the last point, as `fs` or `fs.promises`; empty when there is none."""
    name: str
    first: str
    """First argument where it is a plain string, else empty."""


def unreachable(roots: Sequence[Node]) -> str:
    """Say which host or service the code asks that can't be asked here; empty when none is known."""
    calls = list(_calls(roots))
    serves = any(call.name in ("listen", "createServer") for call in calls)
    for call in calls:
        known = call.receiver.rpartition(".")[2] in _CONNECTING_MODULES or call.name == "fetch"
        if known and call.name in _CONNECTING and (reason := needed_host(call.first, serves=serves)):
            return reason
        if call.receiver.startswith("dns") and call.name in _RESOLVING and "." in call.first:
            return needed_host(f"dns://{call.first}", serves=serves)
    connects = any(call.name in _CONNECTING and call.receiver in _CONNECTING_MODULES for call in calls)
    hosts = (needed_host(f"tcp://{host}", serves=serves) for host in (_stated_hosts(roots) if connects else ()))
    return next(filter(None, hosts), "")


def _stated_hosts(roots: Sequence[Node]) -> Iterator[str]:
    """Yield what stands behind `host:` and `hostname:` in the options of a connection."""
    for node in tree_nodes(*roots):
        if node.type == "pair" and text_of(node.child_by_field_name("key")) in ("host", "hostname"):
            yield string_of(node.child_by_field_name("value"))


def missing_file(roots: Sequence[Node]) -> str:
    """Return the first file that the code reads and does not make itself: a relative path that it names but once."""
    named = [string_of(node) for node in tree_nodes(*roots)]
    for receiver, name, first in _calls(roots):
        reads = name in _READING and (not receiver or "fs" in receiver)
        if reads and is_relative_file(first) and named.count(first) == 1:
            return first
    return ""


def listens_for_ever(roots: Sequence[Node]) -> bool:
    """Tell whether the code opens a server, and nothing in it closes anything or ends the process."""
    members = {text_of(node) for node in tree_nodes(*roots) if node.type == "property_identifier"}
    return any(call.name == "listen" for call in _calls(roots)) and not members & _STOPPERS


def _calls(roots: Sequence[Node]) -> Iterator[_Call]:
    """Yield the calls outside of all `try` bodies, in the order of the code."""
    pending = list(reversed(roots))
    while pending:
        node = pending.pop()
        handled = node.child_by_field_name("body") if node.type == "try_statement" else None
        pending.extend(child for child in reversed(node.named_children) if child != handled)
        if node.type == "call_expression":
            arguments = node.child_by_field_name("arguments")
            given = arguments.named_children if arguments else []
            receiver, _, name = text_of(node.child_by_field_name("function")).rpartition(".")
            yield _Call(receiver, name, string_of(given[0]) if given else "")
