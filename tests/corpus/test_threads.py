"""Pages are parsed by many threads at once."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import corpus.markdown
from mdurl._decode import decode_cache
from mdurl._encode import encode_cache

assert encode_cache and decode_cache, "nothing was prepared"
before = {name: len(table) for tables in (encode_cache, decode_cache) for name, table in tables.items()}
from corpus.document import Page
corpus.markdown.parse_page(Page("a.md", "", "[x](/a%20b?c#d) <https://n.example/%2f> ![y](z w)"))
after = {name: len(table) for tables in (encode_cache, decode_cache) for name, table in tables.items()}
assert after == before and set(after.values()) == {128}, after
"""


def test_tables_that_threads_share_are_full_before_the_first_page() -> None:
    """A table that is filled on first use is read half filled by a second thread: a link goes wrong, or an error."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
