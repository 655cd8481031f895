"""`askmd eval`: measure search and answers against questions with known answers."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict, fields
from pathlib import Path

from rich.table import Table

from index.embedder import open_embedder
from index.reranker import open_reranker
from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE
from service.commands.terminal import progress_bars, results, write_json
from service.evaluation.measures import Figures
from service.evaluation.running import evaluate
from service.evaluation.sets import QuestionSet, read_set
from service.settings import Settings

EXAMPLES = """  askmd eval questions.jsonl              questions about the notes
  askmd eval scifact xquad-en             folders in the BEIR layout, each with its own documents
  askmd eval docs --foreign other-docs    ask another set's questions too: they should be refused
  askmd eval docs --per-question out.jsonl   look at each failure"""

_NAMES = {
    "questions": "questions",
    "ndcg_at_10": "nDCG@10",
    "mrr_at_10": "MRR@10",
    "recall_at_10": "recall@10",
    "recall_at_100": "recall@100",
    "hit_at_1": "hit@1",
    "hit_at_5": "hit@5",
    "answer_hit": "answer_hit",
    "auroc_own": "AUROC, own unanswerable",
    "auroc_foreign": "AUROC, foreign",
    "answerable_refused": "answerable refused",
    "unanswerable_answered": "unanswerable answered",
    "foreign_answered": "foreign answered",
    "verbatim": "verbatim",
    "fence_balance": "fence balance",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
}


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "eval", "Measure search and answers against known answers.", EXAMPLES)
    parser.add_argument(
        "sets", type=Path, nargs="+", metavar="SET", help="a .jsonl file of questions, or a folder in the BEIR layout"
    )
    parser.add_argument(
        "--foreign", type=Path, metavar="SET", help="a set whose questions these documents do not answer"
    )
    parser.add_argument("--per-question", type=Path, metavar="FILE", help="write a JSON line for each question")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the evaluation and show the figures of every set."""
    sets = [read_set(path) for path in arguments.sets]
    foreign = read_set(arguments.foreign) if arguments.foreign else None
    if arguments.per_question:
        arguments.per_question.write_text("", encoding="utf-8")
    found = asyncio.run(evaluate_all(settings_of(arguments), sets, foreign, arguments.per_question))
    if arguments.json:
        write_json({figures.name: asdict(figures) for figures in found})
    else:
        show(found)
    return DONE


async def evaluate_all(
    settings: Settings, sets: list[QuestionSet], foreign: QuestionSet | None, per_question: Path | None
) -> list[Figures]:
    """Evaluate each set in turn with the model of the settings."""
    embedder = open_embedder(settings.model, settings.models)
    reranker = open_reranker(settings.reranker)
    with progress_bars() as report:
        return [await evaluate(each, foreign, settings.data, embedder, report, per_question, reranker) for each in sets]


def show(found: list[Figures]) -> None:
    """Show the figures as a table, one column a set; a figure that a set can't give is a dash."""
    table = Table("", *(figures.name for figures in found))
    for field in fields(Figures):
        if field.name in _NAMES:
            table.add_row(_NAMES[field.name], *(_shown(field.name, getattr(figures, field.name)) for figures in found))
    results().print(table)


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{value:.1f}" if name.endswith("_ms") else f"{value:.3f}"
