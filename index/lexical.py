"""BM25 over memory-mapped segments, by tantivy.

Text is analysed by `analysis.py` before it gets here, so the engine only counts terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

_TOKENIZER = "spaces"
_HEAP_BYTES = 64_000_000


class LexicalIndex:
    """An inverted index over numbered rows of terms."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._index.register_tokenizer(_TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, rows: Iterable[Sequence[str]]) -> None:
        """Write an index of rows, numbered in order, into an empty folder. Raises OSError when it can't be written."""
        try:
            cls._write(folder, rows)
        except ValueError as error:  # how tantivy tells of a full disk
            raise OSError(str(error)) from error

    @staticmethod
    def _write(folder: Path, rows: Iterable[Sequence[str]]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer(_TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        # One thread keeps rows in one order of segments, so that equal notes give equal rankings.
        writer = index.writer(_HEAP_BYTES, 1)
        for row, row_terms in enumerate(rows):
            writer.add_document(tantivy.Document(row=row, text=" ".join(row_terms)))
        writer.commit()
        writer.wait_merging_threads()

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open an index for reading; its files are mapped, not loaded."""
        return cls(tantivy.Index.open(str(folder)))

    def search(self, question_terms: Sequence[str], limit: int) -> tuple[list[int], list[float]]:
        """Return rows and BM25 scores, best first, of rows that hold at least one term."""
        schema = self._index.schema
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")) for term in question_terms
        ]
        if not clauses:
            return [], []
        hits = self._searcher.search(tantivy.Query.boolean_query(clauses), limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [int(row or 0) for row in rows], [float(score) for score, _ in hits]

    def document_frequency(self, term: str) -> int:
        """Return the number of rows that hold the term."""
        return int(self._searcher.doc_freq("text", term))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", stored=False, indexed=False, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()
