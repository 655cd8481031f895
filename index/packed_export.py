"""Export a model a second time, so that it takes several questions packed into one row (see `packing.py`).

That works for models of the BERT family, whose layers take positions and a mask from outside, and pool by the mean or
by the first token. Whether it does is found out by comparing vectors, not by names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.packing import PackedRow, slots

EXPORT_ERRORS = (RuntimeError, ValueError, TypeError, NotImplementedError, AttributeError, KeyError, IndexError)
"""What an architecture may raise that does not go through the export."""
_SAMPLES = ("tea", "What does a queue hand on?", "One question is longer than the others, so that positions count.")
_LEAST_COSINE = 0.9999
"""Both are computed in float32, so that only rounding may differ."""


def packed_graph(model: Any, tokenizer: Any, max_tokens: int) -> tuple[Any, str] | None:
    """Return the graph (ids, positions, segments, pooling) and its pooling; None when the model can't be packed."""
    pooling = str(getattr(model[1], "pooling_mode", "")) if len(model) > 1 else ""
    if pooling not in ("mean", "cls"):
        return None
    try:
        chain = _packed_chain(model)
        if not _same_vectors(model, chain, tokenizer, pooling):
            return None
        return _convert(chain, max_tokens, pooling), pooling
    except EXPORT_ERRORS:
        return None


def _convert(chain: Any, max_tokens: int, pooling: str) -> Any:
    """Return the chain as an OpenVINO graph with free numbers of tokens and slots."""
    import openvino
    import torch

    length = torch.export.Dim("length", min=2, max=max_tokens)
    example = _row([[1, 2], [3]], 16, pooling)
    free = ({1: length},) * 3 + ({0: torch.export.Dim("slots", min=2, max=slots(max_tokens)), 1: length},)
    with torch.no_grad():
        return openvino.convert_model(torch.export.export(chain, example, dynamic_shapes=free))


def _packed_chain(model: Any) -> Any:
    """Wrap a model's modules, but for its pooling, into one that takes a packed row to a vector for each slot."""
    import torch

    class PackedChain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = model[0].auto_model
            self.later = torch.nn.ModuleList(list(model.children())[2:])

        def forward(self, ids: Any, positions: Any, segments: Any, pooling: Any) -> Any:
            foreign = segments[:, None, :, None] != segments[:, None, None, :]
            mask = torch.zeros_like(foreign, dtype=torch.float32)
            mask = mask.masked_fill(foreign, torch.finfo(torch.float32).min)
            types = torch.zeros_like(ids)
            words = self.transformer(input_ids=ids, attention_mask=mask, position_ids=positions, token_type_ids=types)
            features = {"sentence_embedding": pooling @ words.last_hidden_state[0]}
            for stage in self.later:
                features = stage(features)
            return features["sentence_embedding"]

    return PackedChain().eval()


def _same_vectors(model: Any, chain: Any, tokenizer: Any, pooling: str) -> bool:
    """Tell whether questions get the vectors in a row that they get alone."""
    import torch

    encodings = [tokenizer.encode(text) for text in _SAMPLES]
    tokens = [encoding.ids[: sum(encoding.attention_mask)] for encoding in encodings]  # it may pad
    with torch.no_grad():
        packed = torch.nn.functional.normalize(chain(*_row(tokens, 64, pooling))[: len(tokens)])
    alone = model.encode(list(_SAMPLES), prompt="", convert_to_tensor=True, normalize_embeddings=True)
    return bool((packed * alone).sum(dim=1).min() > _LEAST_COSINE)


def _row(questions: Sequence[Sequence[int]], length: int, pooling: str) -> tuple[Any, ...]:
    import torch

    row = PackedRow(length)
    row.fill(questions, pooling)
    return tuple(torch.from_numpy(array) for array in row.inputs)
