"""How JavaScript is borrowed: its statements, and what Node brings along, by name and by module."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Example
from corpus.node_sessions import is_node_session, node_session_source
from corpus.outputs import runnable_code
from service.script_names import ScriptStatement, split_script

_MODULE_NAMES = """
    assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl sea
    sqlite stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib
"""
_GLOBAL_NAMES = """
    AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob
    Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto CryptoKey
    CustomEvent DOMException DataView Date DecompressionStream Error EvalError Event EventTarget File
    FinalizationRegistry Float32Array Float64Array FormData Function Headers Infinity Int16Array Int32Array Int8Array
    Intl Iterator JSON Map Math MessageChannel MessageEvent MessagePort NaN Navigator Number Object Performance
    PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList
    PerformanceResourceTiming Promise Proxy RangeError ReadableByteStreamController ReadableStream
    ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader
    ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer String SubtleCrypto Symbol SyntaxError
    TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController
    TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
    WeakSet WebAssembly WebSocket WritableStream WritableStreamDefaultController WritableStreamDefaultWriter
    __dirname __filename arguments atob btoa clearImmediate clearInterval clearTimeout console decodeURI
    decodeURIComponent encodeURI encodeURIComponent escape eval exports fetch global globalThis isFinite isNaN module
    navigator parseFloat parseInt performance process queueMicrotask require setImmediate setInterval setTimeout
    structuredClone undefined unescape
"""
_BROWSER_NAMES = """
    alert confirm customElements document Element HTMLElement Image IntersectionObserver localStorage location
    MutationObserver Node Notification prompt requestAnimationFrame sessionStorage window XMLHttpRequest
"""
_CLASSES = {
    "AsyncLocalStorage": "async_hooks",
    "AsyncResource": "async_hooks",
    "Duplex": "stream",
    "EventEmitter": "events",
    "PassThrough": "stream",
    "Readable": "stream",
    "StringDecoder": "string_decoder",
    "Transform": "stream",
    "Writable": "stream",
}
"""Classes that only one of Node's modules has, and that no other code would call so."""

_MEMBERS = {
    "buffer": "Buffer Blob File constants kMaxLength kStringMaxLength transcode atob btoa isUtf8 isAscii",
    "console": "",
    "constants": "",
    "domain": "create createDomain",
    "events": "EventEmitter once on getEventListeners setMaxListeners defaultMaxListeners errorMonitor",
    "module": "",
    "path": "basename delimiter dirname extname format isAbsolute join normalize parse relative resolve sep win32",
    "process": "",
    "stream": "Readable Writable Duplex Transform PassThrough pipeline finished promises compose addAbortSignal",
    "test": "",
    "url": "parse format resolve fileURLToPath pathToFileURL domainToASCII domainToUnicode URL URLSearchParams",
}
"""What is asked of a module whose name is also a usual name of a variable; nothing where no use tells the two apart."""

NODE_MODULES = frozenset(_MODULE_NAMES.split())
BROWSER_NAMES = frozenset(_BROWSER_NAMES.split())


def script_source(example: Example) -> str:
    """Return an example's JavaScript: a session without its prompts, any other block as it stands."""
    if is_node_session(example.language, example.code):
        return node_session_source(example.code)
    return runnable_code(example)


class JavaScriptGrammar:
    """JavaScript as Node runs it, for `service.borrowing`."""

    always_bound = frozenset(_GLOBAL_NAMES.split())
    redefines = False

    def split(self, code: str) -> tuple[ScriptStatement, ...]:
        """Cut code into its top-level statements. Raises `SyntaxError`."""
        return split_script(code)

    def source(self, example: Example) -> str:
        """Return an example's code as it would run."""
        return script_source(example)

    def single_import(self, statement: ScriptStatement, name: str) -> str:
        """Return a statement that asks for modules and does nothing else, whole; empty for any other."""
        return statement.code if statement.modules and not statement.reads - {"require"} else ""

    def library_import(self, name: str, users: Sequence[ScriptStatement]) -> str:
        """Return the import of one of Node's modules, where every use asks it for something; or of a class of one."""
        if name in _CLASSES:
            return f"const {{ {name} }} = require('node:{_CLASSES[name]}');"
        asked = {attribute for user in users for used, attribute in user.uses if used == name}
        if name not in NODE_MODULES or not (name == "assert" or _fits(name, asked)):
            return ""
        return f"const {name} = require('node:{name}');"


JAVASCRIPT = JavaScriptGrammar()


def _fits(module: str, asked: set[str]) -> bool:
    return "" not in asked and (module not in _MEMBERS or asked <= set(_MEMBERS[module].split()))
