"""Export a sentence-transformers model once to an OpenVINO graph, so that serving needs neither torch nor
sentence-transformers.

The graph chains all of the model's modules (transformer, pooling, normalisation) and takes token ids to a vector. The
export goes through `torch.export`; tracing fails with transformers 5. It is kept below the data folder and made again
when the model's files change.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import ModelNotFound
from index.models import ModelSource
from index.packed_export import EXPORT_ERRORS, packed_graph

FORMAT = 2
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A folder that holds `model.xml`, `model.bin` and `tokenizer.json`, and what is needed to use them."""

    folder: Path
    dimension: int
    max_tokens: int
    pooling: str
    """How the vector of a question is pooled in a packed row, by `packed.xml` beside; empty when there is none."""


def exported_model(source: ModelSource, cache_folder: Path) -> ExportedModel | None:
    """Return the model's exported form, exporting it when it is not there yet; None when it does not export."""
    folder = cache_folder / _cache_name(source)
    stored = _stored(folder)
    if stored is None:
        with _only_exporter(cache_folder):
            if _stored(folder) is None:
                _export(source, folder)
        stored = _stored(folder) or {}
    if not stored.get("exported"):
        return None
    return ExportedModel(folder, stored["dimension"], stored["max_tokens"], stored["pooling"])


@contextmanager
def _only_exporter(cache_folder: Path) -> Iterator[None]:
    """Wait while another process exports: it may be the same model, which is then there."""
    cache_folder.mkdir(parents=True, exist_ok=True)
    with (cache_folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stored(folder: Path) -> dict[str, Any] | None:
    """Return what an export noted about itself; None when there is none or a part of it is missing."""
    try:
        stored = dict(json.loads((folder / "askmd.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    parts = ["model.xml", "model.bin", "tokenizer.json"] if stored.get("exported") else []
    if stored.get("pooling"):
        parts += ["packed.xml", "packed.bin"]
    return stored if all((folder / name).is_file() for name in parts) else None


def _cache_name(source: ModelSource) -> str:
    """Name the cache after the model's files, so that a changed model is exported anew."""
    digest = hashlib.sha256(f"{FORMAT}:{source.location}".encode())
    if source.folder is not None:
        for path in sorted(source.folder.rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(f"{path.relative_to(source.folder)}:{status.st_size}:{status.st_mtime_ns}".encode())
    return f"{Path(source.name).name}-{digest.hexdigest()[:12]}"


def _export(source: ModelSource, folder: Path) -> None:
    """Write the exported form aside, then put it in place by one rename."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    try:
        try:
            description = _write_graph(source, aside)
        except EXPORT_ERRORS as error:
            # Some architectures do not go through torch.export: they are served by sentence-transformers itself.
            description = {"exported": False, "reason": f"{type(error).__name__}: {error}"[:500]}
        (aside / "askmd.json").write_text(json.dumps(description), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_graph(source: ModelSource, folder: Path) -> dict[str, Any]:
    import openvino

    model = load_sentence_transformer(source)
    tokenizer = model.tokenizer
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ValueError("the model has no fast tokenizer")
    max_tokens = int(model.max_seq_length or 512)
    with _quietly():
        graph = _convert(_chain(model), max_tokens)
        packed, pooling = packed_graph(model, backend, max_tokens) or (None, "")
    openvino.save_model(graph, folder / "model.xml", compress_to_fp16=True)
    if packed is not None:
        openvino.save_model(packed, folder / "packed.xml", compress_to_fp16=True)
    backend.save(str(folder / "tokenizer.json"))
    stored = ExportedModel(folder, int(model.get_embedding_dimension() or 0), max_tokens, pooling)
    return {"exported": True, **{key: value for key, value in asdict(stored).items() if key != "folder"}}


def _convert(chain: Any, max_tokens: int) -> Any:
    """Return the chain as an OpenVINO graph with a free batch size and length."""
    import openvino
    import torch

    ids = torch.ones((2, 16), dtype=torch.int64)
    free = {0: torch.export.Dim("batch", min=1, max=4096), 1: torch.export.Dim("tokens", min=2, max=max_tokens)}
    with torch.no_grad():
        program = torch.export.export(chain, (ids, ids.clone(), torch.zeros_like(ids)), dynamic_shapes=(free,) * 3)
    graph = openvino.convert_model(program)
    for port, name in zip(graph.inputs, _INPUTS, strict=True):
        port.get_tensor().set_names({name})
    return graph


@contextmanager
def _quietly() -> Iterator[None]:
    """Convert without warnings of the libraries among themselves, and without telemetry.

    The converter reports each use to its maker's server, except where `CI` is true.
    """
    before = os.environ.get("CI")
    os.environ["CI"] = "true"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            del os.environ["CI"]
        else:
            os.environ["CI"] = before


def _chain(model: Any) -> Any:
    """Wrap all of a model's modules into one that takes tensors and gives vectors."""
    import torch

    class Chain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stages = torch.nn.ModuleList(list(model.children()))

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
            for stage in self.stages:
                features = stage(features)
            return features["sentence_embedding"]

    return Chain().eval()


def load_sentence_transformer(source: ModelSource) -> Any:
    """Load the model with sentence-transformers on the CPU. Raises ModelNotFound."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(source.location, device="cpu")
    except (OSError, ValueError) as error:
        raise ModelNotFound(source.name, str(error).splitlines()[0]) from error
