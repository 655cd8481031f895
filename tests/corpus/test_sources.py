"""Notes folders as people have them: which files are pages, in which order, and what is said of the others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus.errors import NotesEmpty, NotesNotFound
from corpus.reading import read_document
from corpus.sources import read_corpus, scan_notes


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def paths(folder: Path) -> list[str]:
    return [page.path for page in read_corpus(folder).pages]


def warnings(folder: Path) -> list[str]:
    return [str(warning) for warning in scan_notes(folder).warnings]


def test_pages_stand_by_name_with_a_folders_own_page_first_and_subfolders_last(tmp_path: Path) -> None:
    names = ["b/z.md", "b/a/x.md", "b/README.md", "zebra.md", "index.md", "a/_index.md", "a/b.mdx", "c.markdown"]
    assert paths(written(tmp_path, dict.fromkeys(names, "# x\n"))) == [
        *("index.md", "c.markdown", "zebra.md", "a/_index.md", "a/b.mdx"),
        *("b/README.md", "b/z.md", "b/a/x.md"),
    ]


def test_weights_of_front_matter_order_pages_and_folders(tmp_path: Path) -> None:
    files = {
        "alpha/_index.md": "---\nweight: 20\n---\n# Alpha\n",
        "alpha/one.md": "---\nsidebar_position: 2\n---\n",
        "alpha/two.md": "+++\nweight = 1\n+++\n",
        "alpha/none.md": "weight: 0\n",
        "beta/x.md": "x\n",
        "beta/_category_.json": '{"position": 3, "label": "B"}',
        "gamma/_category_.json": "[",
        "gamma/x.md": "x\n",
        "last.md": "---\nnav_order: 99\n---\n",
    }
    assert paths(written(tmp_path, files)) == [
        *("beta/x.md", "alpha/_index.md", "alpha/two.md", "alpha/one.md", "alpha/none.md", "last.md", "gamma/x.md"),
    ]


def test_summary_orders_groups_and_names_pages_and_is_no_page(tmp_path: Path) -> None:
    guide = "* [Second](<b%20c.md>)\n  * [First](a.md#part)\n* [Gone](gone.md)\n"
    files = {
        "SUMMARY.md": f"# Contents\n\n* [Start](README.md)\n\n## Guide\n\n{guide}",
        **dict.fromkeys(["README.md", "a.md", "b c.md", "0.md"], "x\n"),
    }
    folder = written(tmp_path, files)
    pages = read_corpus(folder).pages
    assert [(page.path, page.title, page.groups) for page in pages] == [
        ("README.md", "Start", ()),
        ("b c.md", "Second", ("Guide",)),
        ("a.md", "First", ("Guide",)),
        ("0.md", "0", ()),
    ]


def test_navigation_of_mkdocs_orders_groups_and_names_pages(tmp_path: Path) -> None:
    configuration = (
        "site_name: x\nmarkdown_extensions: [{a: !!python/name:os.system }]\n"
        "nav:\n- index.md\n- Guide:\n  - Deep:\n    - Last: guide/z.md\n  - guide/a.md\n- Web: https://x.example\n"
    )
    files = {"docs/index.md": "x\n", "docs/guide/a.md": "x\n", "docs/guide/z.md": "x\n", "docs/b.md": "x\n"}
    pages = read_corpus(written(tmp_path, files | {"mkdocs.yml": configuration})).pages
    assert [(page.path, page.groups) for page in pages] == [
        ("docs/index.md", ()),
        ("docs/guide/z.md", ("Guide", "Deep")),
        ("docs/guide/a.md", ("Guide",)),
        ("docs/b.md", ()),
    ]
    assert pages[1].title == "Last"


@pytest.mark.parametrize(
    "configuration",
    [b"nav: [", b"\xff\xfe", b"nav: 5", b"- a", b"nav: &a [*a]\n", b"[" * 5000, b"nav:\n- {? [a] : b}\n"],
)
def test_navigation_that_cannot_be_read_is_left_out(tmp_path: Path, configuration: bytes) -> None:
    assert paths(written(tmp_path, {"a.md": "x\n", "b.md": "x\n", "mkdocs.yml": configuration})) == ["a.md", "b.md"]


def test_navigation_of_endless_groups_by_aliases_ends(tmp_path: Path) -> None:
    tenfold = "".join(f"g{i}: &g{i} [{', '.join([f'{{x: *g{i - 1}}}'] * 10)}]\n" for i in range(1, 20))
    configuration = f"g0: &g0 []\n{tenfold}nav: [a.md, {{z: *g19}}, b.md]\n"
    assert paths(written(tmp_path, {"a.md": "x\n", "0.md": "x\n", "mkdocs.yml": configuration})) == ["a.md", "0.md"]


@pytest.mark.parametrize("position", ["1" * 400, "NaN", "1e999", "true", '"2"'])
def test_position_of_a_folder_that_is_no_sane_number_is_left_out(tmp_path: Path, position: str) -> None:
    files = {"a/x.md": "x\n", "b/x.md": "x\n", "b/_category_.json": f'{{"position": {position}}}'}
    assert paths(written(tmp_path, files)) == ["a/x.md", "b/x.md"]


@pytest.mark.parametrize("digits", ["9" * 5_000, "0x" + "f" * 5_000])
def test_front_matter_with_a_number_too_long_to_write_is_a_warning(tmp_path: Path, digits: str) -> None:
    (page,) = read_corpus(written(tmp_path, {"a.md": f"+++\nx = {digits}\n+++\n# Heading\n"})).pages
    assert page.title == "Heading"
    assert [warning.message for warning in read_document(page).warnings] == ["front matter left out: it is not TOML"]


def test_title_is_that_of_front_matter_then_heading_then_file(tmp_path: Path) -> None:
    files = {
        "a.md": "---\ntitle: From matter\n---\n# Heading\n",
        "b.md": "+++\ntitle = 'From TOML'\n+++\n# Heading\n",
        "c.md": "Text.\n\n# The `heading` {#x}\n",
        "my-last_page.md": "Text.\n",
        "z/index.md": "Text.\n",
    }
    titles = [page.title for page in read_corpus(written(tmp_path, files)).pages]
    assert titles == ["From matter", "From TOML", "The heading", "My last page", "Z"]


def test_hidden_and_generated_folders_are_not_searched(tmp_path: Path) -> None:
    hidden = [".git/a.md", ".obsidian/a.md", "node_modules/p/README.md", "venv/lib/a.md", ".venv/a.md", ".hidden.md"]
    assert paths(written(tmp_path, dict.fromkeys([*hidden, "a.md", "x.rst", "y.txt", "z.ipynb"], "x\n"))) == ["a.md"]


def test_links_inside_the_folder_are_pages_and_others_are_left_out_with_a_warning(tmp_path: Path) -> None:
    folder = written(tmp_path / "notes", {"a.md": "# A\n", "sub/b.md": "# B\n"})
    written(tmp_path, {"outside.md": "secret\n", "far/c.md": "secret\n"})
    (folder / "inside.md").symlink_to("sub/b.md")
    (folder / "out.md").symlink_to(tmp_path / "outside.md")
    (folder / "gone.md").symlink_to("nothing.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "far").symlink_to(tmp_path / "far")
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    assert paths(folder) == ["a.md", "inside.md", "sub/b.md"]
    assert warnings(folder) == [
        "gone.md:1: left out: it is a link to nothing",
        "loop.md:1: left out: it is a link to nothing",
        "out.md:1: left out: it is a link that leads out of the notes folder",
        "pipe.md:1: left out: it is not a regular file",
    ]


def test_names_that_are_not_utf8_are_left_out_and_others_kept(tmp_path: Path) -> None:
    folder = written(tmp_path, {"Ä ö ☕.md": "# Coffee\n", "Case.md": "# One\n", "case.md": "# Two\n"})
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.md")).write_text("x")
    assert paths(folder) == ["Case.md", "case.md", "Ä ö ☕.md"]
    assert warnings(folder) == ["bad\\xff.md:1: left out: its name is not UTF-8"]


def test_file_that_may_not_be_read_is_left_out_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, {"a.md": "x\n", "b.md": "x\n"})
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:  # the tests may run as root, whom no permission stops
        if path.name == "b.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert paths(folder) == ["a.md"]
    assert warnings(folder) == ["b.md:1: left out: it can't be read (Permission denied)"]


def test_page_that_vanishes_after_the_scan_is_none(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.md": "x\n", "b.md": "x\n"})
    notes = scan_notes(folder)
    (folder / "b.md").unlink()
    assert [page.path if (page := source.read()) else None for source in notes.sources] == ["a.md", None]


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        ("# Ä\n".encode("utf-8-sig"), "Ä", ""),
        ("# Ä\n".encode("utf-16"), "Ä", ""),
        ("# Ä\n".encode("utf-16-be").join([b"\xfe\xff", b""]), "Ä", ""),
        ("# Ä\n".encode("latin-1"), "Ä", "not UTF-8, read as Windows-1252"),
        (b"# \xed\xa0\x80 x\n", "x", "not UTF-8"),
        (b"\n \n", "", "the page is empty"),
    ],
)
def test_page_of_any_encoding_is_read(tmp_path: Path, data: bytes, text: str, said: str) -> None:
    folder = written(tmp_path, {"page.md": data})
    (page,) = read_corpus(folder).pages
    assert text in page.text
    assert said in " ".join(warnings(folder))
    assert bool(said) == bool(warnings(folder))
    assert [section.start_line for section in read_document(page).sections][:1] in ([1], [])


@pytest.mark.parametrize("data", [b"a\0b\n", b"\x89PNG\r\n\x1a\n\0\0"])
def test_file_that_is_not_text_is_left_out_with_a_warning(tmp_path: Path, data: bytes) -> None:
    folder = written(tmp_path, {"page.md": data, "a.md": "x\n"})
    assert paths(folder) == ["a.md"]
    assert "left out: it is not text" in warnings(folder)[0]


def test_page_that_is_too_large_is_left_out_with_a_warning(tmp_path: Path) -> None:
    written(tmp_path, {"a.md": "x\n", "big.md": "x" * 2000})
    notes = scan_notes(tmp_path, max_page_bytes=1000)
    assert [source.path for source in notes.sources] == ["a.md"]
    assert "ASKMD_MAX_PAGE_BYTES" in notes.warnings[0].message


def test_folder_without_pages_and_no_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(NotesEmpty):
        scan_notes(written(tmp_path, {"a.txt": "x"}))
    for place in (tmp_path / "a.txt", tmp_path / "none"):
        with pytest.raises(NotesNotFound):
            scan_notes(place)
