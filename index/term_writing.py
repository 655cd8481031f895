"""Bring the two BM25 indexes of a draft up to date: of its chunks, and of its pages as a whole.

A page that changes is taken out and put in anew; the others are not touched. What was taken out still counts a little
in the frequencies of terms, so when that is more than a twentieth, or when there is little to do, all is built anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.draft import Draft
from index.generations import Built
from index.layout import Layout
from index.lexical import Documents, build_lexical, update_lexical

SMALL_CHUNKS = 2000
"""Up to this many chunks, all terms are indexed anew: it takes about a second."""
REPLACED_SHARE = 0.05
_KINDS = ("chunk_terms", "page_terms")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Change:
    """From an older generation's terms to the new one's."""

    generation: Path
    gone: tuple[int, ...]
    added: tuple[int, ...]
    replaced: int
    """Chunks that are gone and still counted."""


def write_terms(draft: Draft, layout: Layout, current: Built | None, report: Progress) -> int:
    """Write both indexes into the draft; returns how many chunks that are gone are still counted."""
    change = _change(draft, layout, current) if current else None
    bodies = change.added if change else layout.bodies
    report(0, len(_KINDS) * len(bodies))
    for number, (kind, terms_of) in enumerate(
        zip(_KINDS, (draft.database.chunk_terms, draft.database.page_terms), strict=True)
    ):
        documents = _documents(bodies, terms_of, number * len(bodies), report)
        if change:
            update_lexical(change.generation / kind, draft.folder / kind, change.gone, documents)
        else:
            build_lexical(draft.folder / kind, documents)
    return change.replaced if change else 0


def _change(draft: Draft, layout: Layout, current: Built) -> _Change | None:
    """Return what differs from the current generation; None when terms are better indexed anew."""
    if draft.basis.generation != current.folder.name:
        return None
    bodies = np.load(current.folder / "page_bodies.npy")
    counts = np.diff(np.load(current.folder / "chunk_starts.npy"))
    lost = ~np.isin(bodies, layout.bodies)
    replaced = current.manifest.replaced_terms + int(counts[lost].sum())
    if layout.chunks <= SMALL_CHUNKS or replaced > REPLACED_SHARE * layout.chunks:
        return None
    known = set(bodies.tolist())
    added = tuple(body for body in layout.bodies if body not in known)
    return _Change(current.folder, tuple(bodies[lost].tolist()), added, replaced)


def _documents(
    bodies: Sequence[int], terms_of: Callable[[int], Documents], before: int, report: Progress
) -> Iterator[tuple[int, Sequence[str]]]:
    for done, body in enumerate(bodies, start=1):
        yield from terms_of(body)
        report(before + done, len(_KINDS) * len(bodies))
