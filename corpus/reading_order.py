"""The order in which a reader would take the pages, and the groups that they stand in.

A table of contents decides where there is one: GitBook's and mdBook's `SUMMARY.md`, or the `nav` of a `mkdocs.yml`. All
other pages go by what their front matter says (Hugo's `weight`, Docusaurus' `sidebar_position`, `nav_order`), then by
name, a folder's own page first.
"""

from __future__ import annotations

import json
import math
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import PurePosixPath
from urllib.parse import unquote

import yaml
from markdown_it.token import Token

from corpus.dialects import heading_parts
from corpus.document import Page
from corpus.markdown import parse_page
from corpus.plain import inline_text

INDEX_NAMES = ("readme", "index", "_index")
"""Names, without suffix and in lower case, of a folder's own page."""
_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\r?\n(.{0,20000}?)\n\1", re.DOTALL)
_WEIGHT = re.compile(
    r"^(?:sidebar_position|weight|nav_order)[ \t]*[:=][ \t]*[\"']?(-?\d{1,9}(?:\.\d{1,9})?)\b", re.MULTILINE
)
_LARGEST_WEIGHT = 1e9
_DEEPEST = 20
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table of contents puts a page, and what it calls it."""

    order: int
    title: str
    groups: tuple[str, ...]


def in_order(paths: Iterable[str], places: Mapping[str, Place], weights: Mapping[str, float]) -> list[str]:
    """Return paths in reading order; `weights` are those of pages and of folders, the lighter first."""
    last = len(places)
    return sorted(
        paths, key=lambda path: (places[path].order if path in places else last, list(_parts_in_order(path, weights)))
    )


def _parts_in_order(path: str, weights: Mapping[str, float]) -> Iterator[tuple[float, bool, str]]:
    """Yield what each part of a path is sorted by: its weight, pages before folders, its name."""
    place = PurePosixPath(path)
    for folder in [*place.parents][-2::-1]:
        yield weights.get(str(folder), math.inf), True, folder.name
    own = place.stem.lower() in INDEX_NAMES
    yield -math.inf if own else weights.get(path, math.inf), False, place.name


def page_weight(path: str, text: str) -> Iterator[tuple[str, float]]:
    """Yield the weight that a page's front matter gives it, or its folder when it is the folder's own page."""
    matter = _MATTER.match(text)
    weight = _WEIGHT.search(matter[2]) if matter else None
    if weight:
        place = PurePosixPath(path)
        yield (str(place.parent) if place.stem.lower() in INDEX_NAMES else path), float(weight[1])


def folder_weight(category: bytes) -> float | None:
    """Return the position that a Docusaurus `_category_.json` gives its folder, or None."""
    try:
        position = json.loads(category).get("position")
    except (ValueError, AttributeError, RecursionError):
        return None
    is_number = type(position) in (int, float) and abs(position) < _LARGEST_WEIGHT
    return float(position) if is_number else None


def summary_places(summary: str) -> dict[str, Place]:
    """Read a SUMMARY.md: headings are groups, links are pages in order."""
    places: dict[str, Place] = {}
    group: tuple[str, ...] = ()
    tokens = parse_page(Page("SUMMARY.md", "", summary)).tokens
    for previous, token in pairwise(tokens):
        if token.type != "inline":
            continue
        if previous.type == "heading_open":
            group = (heading_parts(inline_text(token.children))[0],) if previous.tag != "h1" else ()
            continue
        for path, title in _links(token.children or []):
            places.setdefault(path, Place(len(places), title, group))
    return places


def _links(children: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the path that each link names, from the notes folder on, and its words."""
    for i, child in enumerate(children):
        if child.type == "link_open":
            end = next(j for j in range(i, len(children)) if children[j].type == "link_close")
            path = unquote(str(child.attrGet("href") or "").partition("#")[0]).lstrip("/")
            yield posixpath.normpath(path), inline_text(children[i + 1 : end]).replace("`", "")


def navigation_places(configuration: str) -> dict[str, Place]:
    """Read the `nav` of a mkdocs.yml; one that can't be read gives no places. No value is made, so no tag can run."""
    try:
        root = yaml.compose(configuration, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    fields = dict(_fields(root))
    folder = fields.get("docs_dir")
    base = folder.value if isinstance(folder, yaml.ScalarNode) else "docs"
    places: dict[str, Place] = {}
    for path, title, groups in islice(_entries(fields.get("nav"), ()), _MOST_ENTRIES):
        order = len(places)
        for place in (posixpath.normpath(posixpath.join(base, path)), posixpath.normpath(path)) if path else ():
            places.setdefault(place, Place(order, title, groups))
    return places


def _entries(node: object, groups: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield path, title and groups of each page; groups too, without a path, since aliases can make endless ones."""
    if not isinstance(node, yaml.SequenceNode) or len(groups) > _DEEPEST:
        return
    for item in node.value:
        if isinstance(item, yaml.ScalarNode):
            yield item.value, "", groups
        for title, value in _fields(item):
            if isinstance(value, yaml.ScalarNode):
                yield value.value, title, groups
            else:
                yield "", title, groups
                yield from _entries(value, (*groups, title))


def _fields(node: object) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))
