"""The page at `/docs`: routes, parameters and kinds of problems as plain HTML, with nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from service.problems import KINDS

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css">
</head>
<body class="notes">
<header class="top"><p class="brand"><a href="/">Ask the notes</a></p></header>
<div class="page-grid">
<main>
<article class="prose">
<h1>{title}</h1>
<p>{description} The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
{body}
</article>
</main>
</div>
</body>
</html>
"""


def documentation_page(schema: Mapping[str, Any]) -> str:
    """Lay an OpenAPI description out as HTML."""
    routes = "\n".join(
        _route(method.upper(), path, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    )
    info = schema["info"]
    body = f"{routes}\n<h2>Problems</h2>\n<dl>\n{chr(10).join(_problems())}\n</dl>"
    return _PAGE.format(title=escape(info["title"]), description=escape(info.get("description", "")), body=body)


def _route(method: str, path: str, operation: Mapping[str, Any]) -> str:
    statuses = ", ".join(sorted(operation["responses"]))
    parts = [
        f"<h2><code>{method} {escape(path)}</code></h2>",
        f"<p>{escape(operation.get('description', ''))} Answers {escape(statuses)}.</p>",
    ]
    if operation.get("parameters"):
        parts += ["<dl>", *(_parameter(parameter) for parameter in operation["parameters"]), "</dl>"]
    return "\n".join(parts)


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    facts = [
        *(f"one of {', '.join(each['enum'])}" for each in (schema, *schema.get("anyOf", ())) if "enum" in each),
        *(f"{word} {each[key]}" for each in (schema, *schema.get("anyOf", ())) for key, word in _BOUNDS if key in each),
        f"default {schema['default']}" if schema.get("default") not in (None, "") else "",
    ]
    stated = "; ".join(fact for fact in facts if fact)
    text = f"{parameter.get('description', '')}{f' ({stated})' if stated else ''}"
    return f"<dt><code>{escape(parameter['name'])}</code></dt><dd>{escape(text)}</dd>"


_BOUNDS = (("minimum", "at least"), ("maximum", "at most"))


def _problems() -> Iterator[str]:
    """Explain each kind of problem where its `type` points to."""
    for kind in dict.fromkeys(KINDS.values()):
        anchor = kind.type.partition("#")[2]
        yield f'<dt id="{escape(anchor)}">{escape(kind.title)} ({kind.status})</dt><dd>{escape(kind.meaning)}</dd>'
