"""Models of a few kilobytes, made on the spot: real files in the real layout, with weights that mean nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "the", "task", "runs", "loop", "ask", "read", ":", "water"]
_SIZES = {
    "vocab_size": len(WORDS),
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 8,
}


def save_cross_encoder(folder: Path) -> None:
    """Write a cross-encoder that sentence-transformers can load."""
    from transformers import BertForSequenceClassification

    _save_tokenizer(folder)
    BertForSequenceClassification(_configuration(num_labels=1)).save_pretrained(folder)


def save_embedder(
    folder: Path, *, query: str, document: str, pooling: str = "mean", family: Literal["bert", "roberta"] = "bert"
) -> None:
    """Write a sentence-transformers model with prompts of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel, RobertaConfig, RobertaModel

    inner = folder / "made"
    inner.mkdir(parents=True)
    _save_tokenizer(inner)
    if family == "bert":
        BertModel(_configuration()).save_pretrained(inner)
    else:
        RobertaModel(RobertaConfig.from_dict({**_SIZES, "type_vocab_size": 2})).save_pretrained(inner)
    words = Transformer(str(inner), max_seq_length=32)
    model = SentenceTransformer(modules=[words, Pooling(8, pooling)], prompts={"query": query, "document": document})
    model.save(str(folder))


def _save_tokenizer(folder: Path) -> None:
    # The library makes this name as it goes, which its types do not know.
    from transformers import BertTokenizerFast  # type: ignore[attr-defined]

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)


def _configuration(**more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig.from_dict({**_SIZES, **more})
