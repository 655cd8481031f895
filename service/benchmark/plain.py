"""What our path is measured against: sentence-transformers' own `encode` in float32, with its defaults.

`python -m service.benchmark.plain` reads a JSON object (model, texts) from standard input and writes the seconds that
encoding took; a process of its own, so that no other one loads torch.
"""

from __future__ import annotations

import json
import sys
import time

from index.export import load_sentence_transformer
from index.models import find_model


def seconds_to_encode(model: str, texts: list[str]) -> float:
    """Load the model, warm it up, and return how long all texts take."""
    transformer = load_sentence_transformer(find_model(model)).float()
    transformer.encode(texts[:8], show_progress_bar=False)
    begun = time.perf_counter()
    transformer.encode(texts, show_progress_bar=False)
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(seconds_to_encode(**json.load(sys.stdin)))
