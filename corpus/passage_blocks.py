"""What each kind of block holds that can be an answer: sentences, list items, whole lists under their lead-in, table
rows, definitions, and short code under what announces it. Nothing here is longer than an answer may be, except prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from corpus.blocks import Block
from corpus.dialects import tag_name
from corpus.document import PassageKind
from corpus.includes import token_includes
from corpus.plain import html_lines, inline_text
from corpus.sentences import LONGEST_CHARACTERS as LONGEST_SENTENCE_CHARACTERS
from corpus.sentences import split_sentences

LONGEST_CHARACTERS = 300
_OUTPUT = frozenset({"text", "output", "txt", "plaintext", "console-output"})
"""Fences of these hold what a program prints, which answers no question of how."""
_MARKDOWN = frozenset({"md", "markdown", "mdx"})
_CODE_TAGS = frozenset({"code", "tabs", "tab"})
_HEAD = re.compile(r"(.{1,60}?)(?::\s| [—–-] |\. (?=[A-Z`]))")
_TERM_HEAD = re.compile(r"(`[^`]{1,60}`(?: \{[^{}]{1,60}\})?|[^`.:]{1,40}?)(?::\s| [—–-]\s|, |\s(?=\{))")
"""What an entry of a reference begins with: `--port <int>` -, `path` {string}, max_age:."""
_DEFINED = re.compile(r"\n\s*:\s+")
_ANNOUNCES = (":", "：", "...", "…")


@dataclass(frozen=True, slots=True)
class Found:
    """A passage before it is known which chunk holds it."""

    start_line: int
    end_line: int
    text: str
    kind: PassageKind


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before a block: the sentence that announces it ("The phases are:"), or any that code may follow."""

    announcement: str = ""
    before_code: str = ""


def lead_in(block: Block, found: Sequence[Found], lead: Lead) -> Lead:
    """Return the lead for the next block; tags between the two do not matter to what announces it."""
    if block.kind == "directive" and tag_name(block.tokens[0].info) in _CODE_TAGS:
        return lead
    if block.kind in ("directive", "hr"):
        return Lead(lead.announcement, lead.announcement)
    if block.kind == "heading":
        words = " ".join(inline_text(block.tokens[1].children).split()) if len(block.tokens) > 1 else ""
        return Lead("", f"{words}:" if words else "")
    last = found[-1].text if block.kind == "paragraph" and found else ""
    return Lead(last if last.endswith(_ANNOUNCES) else "", last)


def block_passages(block: Block, lead: Lead) -> Iterator[Found]:
    """Yield the passages of a block, in order."""
    if block.kind in ("bullet_list", "ordered_list"):
        yield from _list_passages(block.tokens, lead.announcement)
    elif block.kind == "table":
        yield from _rows(block.tokens)
    elif block.kind == "html_block":
        yield from _html_sentences(block)
    elif block.kind not in ("heading", "open_fence"):
        yield from _prose(block.tokens, lead.before_code)


def _prose(tokens: Sequence[Token], lead: str) -> Iterator[Found]:
    """Yield the sentences of every paragraph, and short code under what announces it."""
    for token in tokens:
        if token.type == "inline" and token.map:
            text = inline_text(token.children, keep_line_ends=True)
            if _DEFINED.search(text):
                yield from _definition(text, *token.map)
            else:
                yield from _sentences(text, token.map[0] + 1, token.map[1], "sentence")
        elif (token.type == "fence" or "included" in token.meta) and token.map and lead:
            yield from _code(token, lead)


def _definition(text: str, first: int, last: int) -> Iterator[Found]:
    """Yield a term with its definition, as Markdown dialects write them: the definition on a line that opens with a
    colon.
    """
    term, *definitions = (" ".join(part.split()) for part in _DEFINED.split(text))
    yield from _whole(f"{term}: {' '.join(definitions)}", first + 1, last, "definition")


def _code(token: Token, lead: str) -> Iterator[Found]:
    """Yield code under its lead-in: a command within the line, more in a fence of its own."""
    word = token.info.strip().lower().partition(" ")[0]
    code = _included(token, word).strip("\n").rstrip()
    if not code or not token.map or word in _OUTPUT:
        return
    text = f"{lead}\n{_fenced(code)}" if "\n" in code or "`" in code else f"{lead} `{code.strip()}`"
    if len(text) <= LONGEST_CHARACTERS:
        yield Found(token.map[0] + 1, token.map[1], text, "code")


def _included(token: Token, word: str) -> str:
    """Return what is shown as a fence's code: the text that it takes in, and never a line that stands for such."""
    if included := token.meta.get("included"):
        return str(included.text)
    if word in _MARKDOWN:
        return token.content  # it shows how to include something
    includes = {include.line for include in token_includes(token)}
    if not includes or not token.map:
        return token.content
    lines = enumerate(token.content.split("\n"), start=token.map[0] + 2)
    return "\n".join(line for number, line in lines if number not in includes)


def _fenced(code: str) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", f"{code}`")))
    return f"{fence}\n{code}\n{fence}"


def _list_passages(tokens: Sequence[Token], lead: str) -> Iterator[Found]:
    """Yield the whole list when it is short, or its items' heads; then the items one by one."""
    items = [_first_paragraph(part) for part in _outer_items(tokens)]
    first = tokens[0].map
    if first and len(items) > 1:
        whole = next((text for text in (_listed(lead, items), _listed(lead, _heads(items))) if text), "")
        if whole:
            yield Found(first[0] + 1, first[1], whole, "list")
    yield from _items(tokens)


def _items(tokens: Sequence[Token]) -> Iterator[Found]:
    """Yield the first paragraph of each item, however deep, as one passage, and what else it holds as prose."""
    opens_item, before = False, ""
    for token in tokens:
        opens_item = opens_item or token.type == "list_item_open"
        if token.type == "inline" and token.map:
            text = inline_text(token.children, keep_line_ends=True)
            whole = " ".join(text.split())
            if opens_item:
                yield from _item(text, whole, *token.map)
            else:
                yield from _sentences(text, token.map[0] + 1, token.map[1], "item")
            opens_item, before = False, whole
        elif token.type == "fence" and before:
            yield from _code(token, before)
            before = ""


def _item(text: str, whole: str, first: int, last: int) -> Iterator[Found]:
    """Yield an item whole; a long one by its sentences, each after the item's head ("`--port`: Default: 8000.")."""
    if len(whole) <= LONGEST_CHARACTERS:
        yield Found(first + 1, last, whole, "item")
        return
    head = match[1].strip() if (match := _TERM_HEAD.match(whole)) else ""
    for i, found in enumerate(_sentences(text, first + 1, last, "item")):
        text = f"{head}: {found.text}" if head and i else found.text
        yield Found(found.start_line, found.end_line, text, "item")


def _listed(lead: str, items: Sequence[str]) -> str:
    """Return a list under its lead-in, or nothing when it is too long to be an answer."""
    text = "\n".join([lead, *(f"- {item}" for item in items)]).strip()
    return text if items and len(text) <= LONGEST_CHARACTERS else ""


def _heads(items: Sequence[str]) -> list[str]:
    """Return what each item names before it explains ("timers: run …"), or nothing when they are not written so."""
    heads = [match[1] for item in items if (match := _HEAD.match(item))]
    return heads if len(heads) == len(items) else []


def _outer_items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    starts = [
        i for i, token in enumerate(tokens) if token.type == "list_item_open" and token.level == tokens[0].level + 1
    ]
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start:end]


def _first_paragraph(tokens: Sequence[Token]) -> str:
    text = next((inline_text(token.children) for token in tokens if token.type == "inline"), "")
    return " ".join(text.split())


def _rows(tokens: Sequence[Token]) -> Iterator[Found]:
    """Yield each body row as `header: cell; header: cell`."""
    header: list[str] = []
    row: list[str] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            row, line = [], (token.map[0] + 1 if token.map else 0)
        elif token.type == "inline":
            row.append(" ".join(inline_text(token.children).split()))
        elif token.type == "tr_close":
            if not header:
                header = row
            elif any(row) and line:
                yield from _whole(_row_text(header, row), line, line, "row")


def _row_text(header: Sequence[str], row: Sequence[str]) -> str:
    named = (f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=False) if cell)
    return "; ".join(named)


def _whole(text: str, start_line: int, end_line: int, kind: PassageKind) -> Iterator[Found]:
    """Yield a text as one passage; one that is longer than any sentence by its sentences."""
    if len(text) <= LONGEST_SENTENCE_CHARACTERS:
        yield Found(start_line, end_line, text, kind)
    else:
        for sentence in split_sentences(text):
            yield Found(start_line, end_line, sentence.text, kind)


def _html_sentences(block: Block) -> Iterator[Found]:
    yield from _sentences(html_lines(block.tokens[0].content), block.start_line, block.end_line, "sentence")


def _sentences(text: str, start_line: int, end_line: int, kind: PassageKind) -> Iterator[Found]:
    """Yield the sentences of a text whose newlines are those of the file from its first line on."""
    for sentence in split_sentences(text):
        first, last = start_line + sentence.first_line, start_line + sentence.last_line
        yield Found(min(first, end_line), min(last, end_line), sentence.text, kind)
