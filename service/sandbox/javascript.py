"""Says whether JavaScript code is an ES module, so that Node gets it under the right file name.

A small scanner, not a parser: it steps over comments, strings, templates and regular expressions and looks for the
words `import`, `export` and `await` outside of any function. Where it errs, Node answers with a plain syntax error.
"""

from __future__ import annotations

from collections.abc import Iterator

# After one of these a slash starts a regular expression; after a name, a number or a closing bracket it divides.
BEFORE_EXPRESSION = frozenset("(,=:[!&|?{};+-*%~^<>\n")
WORDS_BEFORE_EXPRESSION = frozenset({"return", "typeof", "case", "in", "of", "await", "yield", "void", "delete"})


def is_module(code: str) -> bool:
    """Return whether `code` has a static import, an export, `import.meta` or an `await` at its top level."""
    depth = 0
    functions: list[int] = []
    tokens = list(_tokens(code))
    for position, word in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        previous = tokens[position - 1] if position else ""
        if word == "{":
            depth += 1
            if previous in {")", "=>"} and not _is_statement_head(tokens, position - 1):
                functions.append(depth)
        elif word == "}":
            if functions and functions[-1] == depth:
                functions.pop()
            depth -= 1
        elif previous in {".", "?."} or following == ":":
            continue  # a property, or a key
        elif (
            (word == "import" and following != "(" and (depth == 0 or following == "."))
            or (word == "export" and depth == 0)
            or (word == "await" and not functions and not _in_arrow_expression(tokens, position))
        ):
            return True
    return False


def _is_statement_head(tokens: list[str], close: int) -> bool:
    """Whether the bracket that closes at `close` belongs to `if (…)`, `for (…)` and the like, not to a function."""
    if tokens[close] != ")":
        return False
    depth = 0
    for position in range(close, -1, -1):
        depth += (tokens[position] == ")") - (tokens[position] == "(")
        if depth == 0:
            word = tokens[position - 1] if position else ""
            method = position >= 2 and tokens[position - 2] == "."
            return not method and word in {"if", "for", "while", "switch", "catch", "with", "await"}
    return False


def _in_arrow_expression(tokens: list[str], position: int) -> bool:
    """Whether the word at `position` stands in the body of `async () => …` that has no braces."""
    depth = 0
    for word in reversed(tokens[:position]):
        if word in {")", "]", "}"}:
            depth += 1
        elif word in {"(", "[", "{"}:
            depth -= 1
            if word == "{" and depth < 0:
                return False
        elif depth <= 0 and word == "=>":
            return True
        elif depth <= 0 and word == ";":
            return False
    return False


def _tokens(code: str) -> Iterator[str]:
    """Yield words and punctuation; comments are left out, and every literal is one word: two double quotes."""
    position, last = 0, "\n"
    while position < len(code):
        character = code[position]
        if code.startswith("//", position):
            position = _after(code, "\n", position)
            continue
        if code.startswith("/*", position):
            position = _after(code, "*/", position + 2)
            continue
        if character.isspace():
            position += 1
            continue
        if character in "'\"`" or (character == "/" and _expects_expression(last)):
            position, last = _skip_literal(code, position), '""'
        elif character.isalnum() or character in "_$":
            end = position
            while end < len(code) and (code[end].isalnum() or code[end] in "_$"):
                end += 1
            position, last = end, code[position:end]
        else:
            last = next((pair for pair in ("=>", "?.") if code.startswith(pair, position)), character)
            position += len(last)
        yield last


def _expects_expression(last: str) -> bool:
    return last in BEFORE_EXPRESSION or last in WORDS_BEFORE_EXPRESSION or last == "=>"


def _after(code: str, mark: str, start: int) -> int:
    found = code.find(mark, start)
    return len(code) if found < 0 else found + len(mark)


def _skip_literal(code: str, start: int) -> int:
    """Return the position after the string, template or regular expression that starts at `start`."""
    quote, position, in_class = code[start], start + 1, False
    while position < len(code):
        character = code[position]
        if character == "\\":
            position += 1
        elif quote == "/" and character in "[]":
            in_class = character == "["
        elif quote == "`" and code.startswith("${", position):
            position = _skip_substitution(code, position + 2)
            continue
        elif character == quote and not in_class:
            return position + 1
        elif character == "\n" and quote != "`":
            return position
        position += 1
    return position


def _skip_substitution(code: str, start: int) -> int:
    """Return the position after the `}` that ends a template's `${`; strings inside may hold braces."""
    depth, position = 1, start
    while position < len(code) and depth:
        if code[position] in "'\"`":
            position = _skip_literal(code, position)
            continue
        depth += (code[position] == "{") - (code[position] == "}")
        position += 1
    return position
