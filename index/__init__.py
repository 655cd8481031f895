"""From a corpus to a searchable index on disk: vectors, BM25 and their fusion. Knows nothing of HTTP."""
