"""`askmd check-recall`: measure what the shortlist of a large index loses against exact search, on its own notes."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from index.embedder import open_embedder
from index.recall import Recall, check_recall
from index.store import open_index
from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE, FAILED
from service.commands.terminal import write_json
from service.settings import Settings

FLOOR = 0.97
EXAMPLES = """  askmd check-recall                    two hundred headings and sentences of the notes, asked both ways
  askmd check-recall --floor 0.99       fail below another share
  askmd check-recall --questions 1000 --json"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    summary = "Measure the shortlist of a large index against exact search, on the notes themselves."
    parser = add_parser(subparsers, "check-recall", summary, EXAMPLES)
    parser.add_argument("--questions", type=_count, default=200, metavar="N", help="questions to ask (200)")
    parser.add_argument(
        "--floor", type=_share, default=FLOOR, metavar="SHARE", help=f"least recall@10 that passes ({FLOOR})"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and fail below the floor. Raises IndexFault."""
    recall = measure(settings_of(arguments), arguments.questions)
    if arguments.json:
        write_json({**asdict(recall), "floor": arguments.floor})
    else:
        print(summary(recall))
    return DONE if recall.recall_at_10 >= arguments.floor else FAILED


def measure(settings: Settings, questions: int) -> Recall:
    """Measure on the index of the settings. Raises IndexFault."""
    embedder = open_embedder(settings.model, settings.models)
    index = open_index(settings.data, model=embedder.model)
    try:
        return check_recall(index, embedder, questions)
    finally:
        index.close()


def summary(recall: Recall) -> str:
    """Tell the result in a few lines."""
    uses = "is used" if recall.search == "shortlist" else "is not used: so few are searched exactly"
    return (
        f"{recall.vectors} chunks, {recall.questions} questions; the shortlist {uses}.\n"
        f"recall@10 {recall.recall_at_10:.4f}\n"
        f"p50       {recall.shortlist_p50_ms:.2f} ms with the shortlist, {recall.exact_p50_ms:.2f} ms exactly"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError("must be 1 to 100000")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("must be 0 to 1")
    return share
