"""Apply edits to a page: only what was proposed changes, byte for byte, and only where the example then holds.

A file is replaced as a whole or not at all, and never when it has changed in the meantime.
"""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page, split_lines
from service.errors import FileNotWritable
from service.matching import matches_expected
from service.updating.forms import Edit
from service.updating.proposals import Proposal


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it is on the disk."""

    file: Path
    data: bytes
    encoding: str
    text: str


@dataclass(frozen=True, slots=True)
class UpdatedPage:
    """A page with new text, and what became of each proposal."""

    page: PageText
    text: str
    written: tuple[Proposal, ...]
    left: tuple[Proposal, ...]


def read_page_text(file: Path) -> PageText:
    """Read a page so that it can be written again without a change. Raises FileNotWritable."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FileNotWritable(file, error.strerror or str(error)) from None
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252"):
        mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if data.startswith(mark) and (encoding != "cp1252" or "\0" not in text):
                return PageText(file, data, encoding, text)
    raise FileNotWritable(file, "its encoding is not known")


def updated(page: PageText, path: str, proposals: Sequence[Proposal]) -> UpdatedPage:
    """Apply proposals, from the end of the page to its beginning; one that does not make its example hold is left."""
    text, written, left = page.text, [], []
    for proposal in sorted(proposals, key=lambda each: each.proven.example.start_line, reverse=True):
        if not proposal.edits:
            left.append(proposal)
            continue
        changed = _with_edits(text, proposal.edits)
        if _holds(proposal, path, text, changed):
            text = changed
            written.append(proposal)
        else:
            left.append(replace(proposal, reason="it can't be written in the form that it has"))
    return UpdatedPage(page, text, tuple(reversed(written)), tuple(reversed(left)))


def write_page(page: UpdatedPage) -> None:
    """Replace the file. Raises FileNotWritable; then it is as it was."""
    file = page.page.file.resolve()
    try:
        if file.read_bytes() != page.page.data:
            raise FileNotWritable(file, "it has changed in the meantime")
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as writer:
                writer.write(page.text.encode(page.page.encoding))
                writer.flush()
                os.fsync(writer.fileno())
            Path(name).chmod(file.stat().st_mode & 0o7777)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, UnicodeEncodeError) as error:
        raise FileNotWritable(file, getattr(error, "strerror", None) or str(error)) from None


def _with_edits(text: str, edits: Sequence[Edit]) -> str:
    lines = list(split_lines(text))
    for edit in sorted(edits, key=lambda each: each.start_line, reverse=True):
        near = lines[min(edit.start_line, len(lines)) - 1]
        end = near[len(near.rstrip("\r\n")) :] or "\n"
        new = [line + end for line in edit.lines]
        if new and edit.end_line == len(lines) and not lines[-1].endswith(("\n", "\r")):
            new[-1] = edit.lines[-1]
        lines[edit.start_line - 1 : edit.end_line] = new
    return "".join(lines)


def _holds(proposal: Proposal, path: str, before: str, after: str) -> bool:
    """Tell whether the example is the same after the change but for its output, and now states what it prints."""
    old, new = _examples(path, before), _examples(path, after)
    place = next((i for i, each in enumerate(old) if each.start_line == proposal.proven.example.start_line), None)
    run = proposal.proven.run
    if place is None or len(old) != len(new) or run is None:
        return False
    others = all(a.code == b.code for i, (a, b) in enumerate(zip(old, new, strict=True)) if i != place)
    return others and matches_expected(new[place], proposal.proven.assembly.expects_error, run) is True


def _examples(path: str, text: str) -> tuple[Example, ...]:
    return extract_examples(parse_page(Page(path, "", text)), ())
