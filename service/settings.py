"""All settings of the service, read once from `ASKMD_*` variables; only the app factory and the command line read them.

`python -m service.settings` prints the table that the README shows.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import SettingNotUsable
from service.sandbox.limits import Limits

PREFIX = "ASKMD_"
LEDGER = "ledger.sqlite3"
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator can choose; every field has a default that works on a small machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    notes: Path = Field(default=PROJECT / "corpus" / "notes", description="Folder of Markdown notes.")
    data: Path = Field(
        default=PROJECT / "index" / "data",
        description="Folder for what is built: the index and the results of examples.",
    )
    models: Path = Field(
        default=PROJECT / "index" / "data" / "models",
        description="Folder for exported models; several indexes can share it.",
    )
    model: str = Field(
        default="all-MiniLM-L6-v2",
        min_length=1,
        description="Embedding model: a sentence-transformers name or a folder.",
    )
    reranker: str = Field(
        default="",
        description="Cross-encoder that orders the best chunks anew: a sentence-transformers name or a folder. None by"
        " default: it costs a second or more a question, and torch in memory.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer, on one port and one mapped copy of the index; one for each processor is"
        " enough. Runs of examples are shared out among them; the queue of questions is each one's own.",
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]*[^\s?#/])?$",
        description="Address that links in Markdown begin with, as `https://notes.example.org`; without it they begin"
        " with the host that the request names.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )

    excerpts: int = Field(default=5, ge=1, le=20, description="Excerpts in an answer when the request names no `k`.")
    max_question_chars: int = Field(default=2_000, ge=50, le=100_000, description="Longest question, in characters.")
    max_page_bytes: int = Field(
        default=10_000_000, ge=1_000, le=1_000_000_000, description="Larger pages are left out, with a warning."
    )
    max_body_bytes: int = Field(default=65_536, ge=1_024, le=100_000_000, description="Largest request body, in bytes.")
    question_queue: int = Field(
        default=256,
        ge=1,
        le=10_000,
        description="Questions in work or waiting; further ones get a 503 with Retry-After.",
    )

    run_concurrency: int = Field(default=2, ge=1, le=64, description="Examples that run at the same time.")
    run_queue: int = Field(
        default=8, ge=0, le=1_000, description="Runs that may wait; further ones get a 429 with Retry-After."
    )
    run_warm: int = Field(
        default=2,
        ge=0,
        le=16,
        description="Pythons that wait in boxes of their own, so that a run starts in milliseconds; each holds about"
        " 14 MB.",
    )
    run_rate: int = Field(
        default=600,
        ge=1,
        le=100_000,
        description="Runs that callers may start in a minute, all together; further ones get a 429 with Retry-After.",
    )
    allow_edited_code: bool = Field(
        default=False,
        description="Whether `POST /run` runs code that callers give, in the same sandbox; the page can then edit"
        " examples.",
    )
    run_timeout_seconds: float = Field(
        default=5.0, gt=0, le=300, description="Longest run of an example, in real seconds."
    )
    run_cpu_seconds: int = Field(default=3, ge=1, le=300, description="Processor time of one process of a run.")
    run_memory_bytes: int = Field(
        default=268_435_456, ge=67_108_864, le=17_179_869_184, description="Private memory of one process of a run."
    )
    run_processes: int = Field(default=32, ge=1, le=1_000, description="Processes and threads of a run at one time.")
    run_total_memory_bytes: int = Field(
        default=536_870_912,
        ge=67_108_864,
        le=17_179_869_184,
        description="The same of all processes of a run together; counts only where it is more than that of one.",
    )
    run_node_processes: int = Field(
        default=48,
        ge=16,
        le=1_000,
        description="Processes and threads of a JavaScript run; Node starts about ten of its own.",
    )
    run_open_files: int = Field(default=64, ge=24, le=4_096, description="Open files of one process of a run.")
    run_file_bytes: int = Field(
        default=8_388_608, ge=65_536, le=1_073_741_824, description="Size of one file that a run writes."
    )
    run_disk_bytes: int = Field(
        default=16_777_216,
        ge=65_536,
        le=1_073_741_824,
        description="Size of a run's `/tmp`, which is all that it can write to.",
    )
    run_output_bytes: int = Field(
        default=65_536,
        ge=1_024,
        le=16_777_216,
        description="Bytes kept of each of stdout and stderr; more ends the run.",
    )
    run_virtual_seconds: float = Field(
        default=600.0, gt=0, le=86_400, description="Waiting that a run's virtual clock may skip."
    )

    log_questions: Literal["none", "unanswered", "all"] = Field(
        default="unanswered",
        description="Questions that are kept on this machine for `askmd gaps`; never who asked.",
    )
    log_days: int = Field(
        default=90, ge=1, le=3_650, description="Days after which kept questions and reported problems are deleted."
    )
    allowed_hosts: str = Field(
        default="",
        description="Further names, with commas between them, under which `/mcp`, `POST /run`, `/feedback` and"
        " `/gaps.md` may be reached; `*` for any. IP addresses, `localhost` and the name in `ASKMD_HOST` always may.",
    )
    max_chat_bytes: int = Field(
        default=1_048_576,
        ge=1_024,
        le=100_000_000,
        description="Largest request body of `/chat` and `/v1/chat/completions`, which carry a whole conversation.",
    )

    reload_seconds: float = Field(
        default=1.0, ge=0, le=3_600, description="How often a newer index is looked for while serving; 0 turns it off."
    )

    @property
    def ledger_file(self) -> Path:
        """Where the results of examples are kept."""
        return self.data / LEDGER

    @property
    def question_log_file(self) -> Path:
        """Where questions and reported problems are kept."""
        return self.data / "questions.sqlite3"

    @property
    def log_retention(self) -> timedelta:
        """How long they are kept."""
        return timedelta(days=self.log_days)

    @property
    def run_limits(self) -> Limits:
        """What a run of an example may use."""
        return Limits(
            wall_seconds=self.run_timeout_seconds,
            cpu_seconds=self.run_cpu_seconds,
            memory_bytes=self.run_memory_bytes,
            total_memory_bytes=max(self.run_total_memory_bytes, self.run_memory_bytes),
            processes=self.run_processes,
            node_processes=self.run_node_processes,
            open_files=self.run_open_files,
            file_bytes=self.run_file_bytes,
            temporary_bytes=self.run_disk_bytes,
            stream_bytes=self.run_output_bytes,
            virtual_seconds=self.run_virtual_seconds,
        )


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings; `overrides` (from the command line) win, those that are None count as not given.

    Raises `SettingNotUsable` for a name that is not known or a value out of bounds.
    """
    refuse_unknown_names(os.environ if environment is None else environment)
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingNotUsable(f"{variable(str(first['loc'][0]))}: {first['msg']}, not {first['input']!r}.") from None


def refuse_unknown_names(environment: Mapping[str, str]) -> None:
    """Raise `SettingNotUsable` for an `ASKMD_*` variable that no setting has: most often a slip of the pen."""
    known = [variable(name) for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
            raise SettingNotUsable(f"There is no setting {name}; the nearest is {near}.")


def variable(field: str) -> str:
    """Name the environment variable of a settings field."""
    return PREFIX + field.upper()


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment variables that make another process take these settings, in whatever folder it works."""
    return {
        variable(name): str(value.resolve() if isinstance(value, Path) else value)
        for name, field in Settings.model_fields.items()
        if (value := getattr(settings, name)) != field.default
    }


def settings_table() -> str:
    """Write all settings as a Markdown table: variable, default, what it may be, what it means."""
    rows = ["| variable | default | may be | what it means |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{variable(name)}` | `{_default(field)}` | {_bounds(field)} | {field.description} |")
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    if isinstance(field.default, Path):
        return field.default.relative_to(PROJECT).as_posix()
    return str(field.default)


def _bounds(field: FieldInfo) -> str:
    signs = {"Ge": "≥ {.ge}", "Gt": "> {.gt}", "Le": "≤ {.le}"}
    stated = [signs[type(rule).__name__].format(rule) for rule in field.metadata if type(rule).__name__ in signs]
    if stated:
        return ", ".join(stated)
    choices = getattr(field.annotation, "__args__", ())
    return ", ".join(f"`{choice}`" for choice in choices) if choices else "any"


if __name__ == "__main__":
    print(settings_table())
