"""From a folder of Markdown to located pages, sections, chunks, passages and examples.

Knows nothing of vectors or HTTP.
"""
