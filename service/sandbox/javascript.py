"""Says whether JavaScript code is an ES module, so that Node gets it under the right file name.

A small scanner, not a parser: it steps over comments, strings, templates and regular expressions and looks for the
words `import`, `export` and `await` outside of any function. Where it errs, Node answers with a plain syntax error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# After one of these a slash starts a regular expression; after a name, a number or a closing bracket it divides.
BEFORE_EXPRESSION = frozenset("(,=:[!&|?{};+-*%~^<>\n")
WORDS_BEFORE_EXPRESSION = frozenset({"return", "typeof", "case", "in", "of", "await", "yield", "void", "delete"})


# In front of a bracket, these make what follows it a statement's block, not a function's body.
STATEMENT_HEADS = frozenset({"if", "for", "while", "switch", "catch", "with", "await"})


def is_module(code: str) -> bool:
    """Return whether `code` has a static import, an export, `import.meta` or an `await` at its top level."""
    words, line_starts = _words_and_lines(code)
    scope = _Scope()
    for position, word in enumerate(words):
        previous = words[position - 1] if position else ""
        following = words[position + 1] if position + 1 < len(words) else ""
        if previous in {".", "?."} or (following == ":" and word.isalpha()):
            continue  # a property, or a key
        if position in line_starts:
            scope.end_expression()
        if word == "import" and (following == "." or (following != "(" and not scope.brackets)):
            return True
        if word == "export" and not scope.brackets:
            return True
        if word == "await" and not scope.in_function:
            return True
        scope.enter(word, words[max(position - 2, 0) : position], following)
    return False


@dataclass(slots=True)
class _Bracket:
    is_function: bool
    is_head: bool
    """It belongs to `if (…)`, `for (…)` and the like."""


class _Scope:
    """Knows, word by word, whether the code is within a function."""

    def __init__(self) -> None:
        self.brackets: list[_Bracket] = []
        self._arrows: list[int] = []
        self._functions = 0
        self._closed = _Bracket(False, False)

    @property
    def in_function(self) -> bool:
        return bool(self._functions or self._arrows)

    def enter(self, word: str, before: list[str], following: str) -> None:
        """Take the next word; `before` holds the two words in front of it, or fewer."""
        previous = before[-1] if before else ""
        if word in {"(", "[", "{"}:
            body = word == "{" and (previous == "=>" or (previous == ")" and not self._closed.is_head))
            method = len(before) == 2 and before[0] == "."
            self.brackets.append(_Bracket(body, previous in STATEMENT_HEADS and not method))
            self._functions += body
        elif word in {")", "]", "}"} and self.brackets:
            self._closed = self.brackets.pop()
            self._functions -= self._closed.is_function
            while self._arrows and self._arrows[-1] > len(self.brackets):
                self._arrows.pop()
        elif word == "=>" and following != "{":
            self._arrows.append(len(self.brackets))
        elif word in {";", ","}:
            self.end_expression()

    def end_expression(self) -> None:
        """End the arrow functions without braces whose body ends here."""
        while self._arrows and self._arrows[-1] == len(self.brackets):
            self._arrows.pop()


def _words_and_lines(code: str) -> tuple[list[str], set[int]]:
    """Return the words, and the positions of those that begin a line after a complete expression."""
    words: list[str] = []
    line_starts = set()
    for word in _tokens(code):
        if word != "\n":
            words.append(word)
        elif words and not _expects_expression(words[-1]):
            line_starts.add(len(words))
    return words, line_starts


def _tokens(code: str) -> Iterator[str]:
    """Yield words, punctuation and line ends; comments are left out, and every literal is two double quotes.

    What a template holds between `${` and `}` is yielded too, in round brackets.
    """
    position, depth, last = 0, 0, "\n"
    templates: list[int] = []
    while position < len(code):
        character = code[position]
        if after_comment := _comment_end(code, position):
            position = after_comment
        elif character.isspace() and character != "\n":
            position += 1
        elif character == "`" or (character == "}" and templates and templates[-1] == depth):
            if character == "}":
                templates.pop()
                yield ")"
            position, last = _quoted_end(code, position + 1, "`"), '""'
            yield last
            if code[position - 1] == "{":
                templates.append(depth)
                last = "("
                yield last
        else:
            end, last = _next_token(code, position, last)
            depth += (last == "{") - (last == "}")
            position = end
            yield last


def _next_token(code: str, position: int, last: str) -> tuple[int, str]:
    """Return where the token at `position` ends, and the token; `last` is the one before it."""
    character = code[position]
    if character in "'\"" or (character == "/" and _expects_expression(last)):
        return _quoted_end(code, position + 1, character), '""'
    end = position
    while end < len(code) and (code[end].isalnum() or code[end] in "_$"):
        end += 1
    if end > position:
        return end, code[position:end]
    token = next((pair for pair in ("=>", "?.") if code.startswith(pair, position)), character)
    return position + len(token), token


def _expects_expression(last: str) -> bool:
    return last in BEFORE_EXPRESSION or last in WORDS_BEFORE_EXPRESSION or last == "=>"


def _comment_end(code: str, position: int) -> int:
    """Return where the comment at `position` ends, or 0 when there is none."""
    if code.startswith("//", position):
        end = code.find("\n", position)
    elif code.startswith("/*", position):
        end = code.find("*/", position + 2)
        end += 2 if end >= 0 else 0
    else:
        return 0
    return len(code) if end < 0 else end


def _quoted_end(code: str, position: int, quote: str) -> int:
    """Return the position after the end of a string, template or regular expression, or after a template's `${`."""
    in_class = False
    while position < len(code):
        character = code[position]
        if character == "\\":
            position += 1
        elif quote == "/" and character in "[]":
            in_class = character == "["
        elif quote == "`" and code.startswith("${", position):
            return position + 2
        elif character == quote and not in_class:
            return position + 1
        elif character == "\n" and quote != "`":
            return position
        position += 1
    return len(code)
