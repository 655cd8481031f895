"""Which modules a piece of JavaScript asks for, by its words and strings; what Node brings along runs, the rest does
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from corpus.javascript import ScriptToken, scan_script

_NODE_MODULE_NAMES = """
    assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl sea
    sqlite stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib
"""
_NODE_MODULES = frozenset(_NODE_MODULE_NAMES.split())


def script_obstacle(code: str) -> str:
    """Say what keeps the script from running alone; empty when nothing is known to."""
    for module in _required_modules(code):
        if module.startswith((".", "/", "file:")):
            return f"needs the file {module}"
        if module.startswith(("http:", "https:")):
            return f"needs network: {module}"
        if module.removeprefix("node:").partition("/")[0] not in _NODE_MODULES:
            scope, _, rest = module.partition("/")
            return "needs package " + (f"{scope}/{rest.partition('/')[0]}" if scope.startswith("@") else scope)
    return ""


def _required_modules(code: str) -> Iterator[str]:
    tokens = [token for token in scan_script(code) if token.kind != "comment"]
    for position, (token, following) in enumerate(pairwise(tokens)):
        if following.kind == "string" and _imports(tokens, position, token):
            yield following.text.strip("\"'`")


def _imports(tokens: list[ScriptToken], position: int, token: ScriptToken) -> bool:
    """Tell whether the string behind a token names a module, as in `from "x"`, `require("x")` or `import("x")`."""
    if token.text == "import":
        return True
    before = tokens[position - 1].text if position else ""
    if token.text == "from":
        return before in ("}", "import") or tokens[position - 1].kind == "word"
    called_alone = position < 2 or tokens[position - 2].text != "."
    return token.text == "(" and before in ("require", "import") and called_alone
