"""BM25 over memory-mapped segments, by tantivy.

Text is analysed by `analysis.py` before it gets here, so the engine only counts terms. A document is the terms of one
place (see `database.py`): pages can be taken out and put in without touching the others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.database import PLACE_BITS

Documents = Iterable[tuple[int, Sequence[str]]]
"""Place and terms of each document."""
RowsOfPlaces = Callable[[NDArray[np.int64]], NDArray[np.int64]]
_TOKENIZER = "spaces"
_HEAP_BYTES = 64_000_000
_NOT_SHARED = (".json", ".lock")


class LexicalIndex:
    """An inverted index over places, which tells rows of what it finds."""

    def __init__(self, index: tantivy.Index, rows_of: RowsOfPlaces) -> None:
        self._index = index
        self._rows_of = rows_of
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path, rows_of: RowsOfPlaces) -> LexicalIndex:
        """Open an index for reading; its files are mapped, not loaded."""
        return cls(_registered(tantivy.Index.open(str(folder))), rows_of)

    def search(
        self, question_terms: Sequence[str], limit: int, bodies: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows and BM25 scores, best first, of rows that hold at least one term; of these bodies if named."""
        schema = self._index.schema
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")) for term in question_terms
        ]
        if not clauses:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        query = tantivy.Query.boolean_query(clauses)
        if bodies is not None:
            admitted = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "body", bodies), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, admitted)])
        hits = self._searcher.search(query, limit, count=False).hits
        places = self._searcher.fast_field_values("place", [address for _, address in hits])
        rows = self._rows_of(np.asarray(places, dtype=np.int64))
        return rows, np.asarray([score for score, _ in hits], dtype=np.float32)

    def document_frequency(self, term: str) -> int:
        """Return the number of rows that hold the term."""
        return int(self._searcher.doc_freq("text", term))


def build_lexical(folder: Path, documents: Documents) -> None:
    """Write an index into a new folder. Raises OSError when it can't be written."""
    folder.mkdir(parents=True)
    _change(tantivy.Index(_schema(), path=str(folder)), (), documents)


def update_lexical(older: Path, folder: Path, gone: Iterable[int], documents: Documents) -> None:
    """Write an index like the older one into a new folder, without the bodies that are gone and with new documents.

    Segments never change once they are written, so the two share them. Until segments are merged, what is gone still
    counts in the frequencies of terms. Raises OSError or ValueError when there is no older one or the disk is full.
    """
    folder.mkdir(parents=True)
    for file in older.iterdir():
        if not file.name.endswith(_NOT_SHARED):
            _share(file, folder / file.name)
        elif file.name.endswith(".json"):
            shutil.copyfile(file, folder / file.name)
    _change(tantivy.Index.open(str(folder)), gone, documents)


def _change(index: tantivy.Index, gone: Iterable[int], documents: Documents) -> None:
    try:
        # One thread keeps rows in one order of segments, so that equal notes give equal rankings.
        writer = _registered(index).writer(_HEAP_BYTES, 1)
        for body in gone:
            writer.delete_documents_by_term("body", body)
        for place, terms in documents:
            writer.add_document(tantivy.Document(place=place, body=place >> PLACE_BITS, text=" ".join(terms)))
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # how tantivy tells of a full disk
        raise OSError(str(error)) from error


def _share(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


def _registered(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer(_TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("place", stored=False, indexed=False, fast=True)
    builder.add_integer_field("body", stored=False, indexed=True, fast=False)
    builder.add_text_field("text", stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()
