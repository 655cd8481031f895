"""Names of the languages that code blocks are written in, and what can be said about each without running it."""

from __future__ import annotations

_ALIASES = {
    "python": "py py3 python3 python2 pycon pyi pyodide python-console python-repl",
    "javascript": "js node nodejs mjs cjs ecmascript",
    "typescript": "ts mts cts",
    "shell": "sh bash zsh fish ksh console shell-session shellsession bash-session terminal commandline shellscript",
    "batch": "bat cmd",
    "powershell": "ps1 ps pwsh posh",
    "rust": "rs",
    "go": "golang",
    "cpp": "c++ cxx cc hpp",
    "csharp": "c# cs dotnet",
    "ruby": "rb irb",
    "kotlin": "kt kts",
    "haskell": "hs",
    "perl": "pl",
    "elixir": "ex exs",
    "ipython": "ipython3 jupyter",
    "yaml": "yml",
    "markdown": "md mdx",
    "json": "jsonc json5 jsonl ndjson",
    "text": "txt plaintext plain none nohighlight no-highlight raw ascii",
    "output": "out stdout results result",
    "dockerfile": "docker containerfile",
    "makefile": "make",
    "html": "htm xhtml",
    "jinja": "jinja2 j2 django",
}
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}

_SLASH_COMMENTS = "javascript typescript java c cpp csharp go rust kotlin swift scala php dart groovy sql css scss less"
_OTHER_PRINTING = "python ipython ruby r julia perl lua elixir haskell shell batch powershell clojure erlang ocaml"

SLASH_COMMENT_LANGUAGES = frozenset(_SLASH_COMMENTS.split())
"""Languages in which `/* … */` is a comment of the language itself."""

PRINTING_LANGUAGES = SLASH_COMMENT_LANGUAGES - {"css", "scss", "less"} | frozenset(_OTHER_PRINTING.split())
"""Languages whose blocks can have an output at all."""

OUTPUT_LANGUAGES = frozenset({"", "text", "output", "log"})
"""Languages of a fence that may show what the block above it prints."""

DATA_LANGUAGES = frozenset({"json", "xml", "html", "yaml", "csv", "toml", "markdown"})
"""Languages of a fence that is output only where a sentence says so."""


def canonical_language(word: str) -> str:
    """Return the canonical name of a fence's language word; an unknown word comes back in lower case."""
    lowered = word.strip().lower().removesuffix("-nolint")  # MDN's mark for code that its formatter leaves alone
    return _CANONICAL.get(lowered, lowered)
