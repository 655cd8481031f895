"""Every wall stands in the argument list, in an order in which no later argument opens an earlier one."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.sandbox.arguments import SHARED_MEMORY_FOLDER, WORK_FOLDER, InlineFile, Scene, box_arguments
from service.sandbox.limits import Limits

LIMITS = Limits(temporary_bytes=1000, shared_memory_bytes=2000)


@pytest.fixture
def arguments() -> list[str]:
    scene = Scene(
        mounts=[("/host/python", "/python/bin/python3")],
        hidden=["/python/lib/site-packages"],
        files=[InlineFile(11, "/work/example.py")],
        library_path="",
        python="/python/bin/python3",
    )
    return box_arguments("bwrap", scene, LIMITS, filter_descriptor=7, command=["python3", "x"])


@pytest.mark.parametrize("name", ["user", "pid", "net", "ipc", "uts", "cgroup-try"])
def test_each_namespace_is_named(arguments: list[str], name: str) -> None:
    assert f"--unshare-{name}" in arguments


def test_no_argument_is_one_that_fails_open(arguments: list[str]) -> None:
    refused = {
        "--unshare-all",
        "--unshare-user-try",
        "--proc",
        "--dev",
        "--bind",
        "--share-net",
        "--cap-add",
        "--unshare-pid-try",
    }
    assert not refused & set(arguments)


def test_user_namespaces_inside_are_off_and_checked(arguments: list[str]) -> None:
    assert {"--disable-userns", "--assert-userns-disabled"} <= set(arguments)


def test_process_has_no_rights_and_dies_with_the_service(arguments: list[str]) -> None:
    assert arguments[arguments.index("--cap-drop") + 1] == "ALL"
    assert arguments[arguments.index("--uid") + 1] != "0"
    assert {"--die-with-parent", "--new-session", "--clearenv"} <= set(arguments)


def test_root_becomes_read_only_after_everything_is_mounted(arguments: list[str]) -> None:
    last = max(index for index, word in enumerate(arguments) if word == "--remount-ro")
    assert arguments[last + 1] == "/"
    makers = {"--ro-bind", "--ro-bind-try", "--dev-bind", "--tmpfs", "--file", "--symlink", "--dir"}
    assert not makers & set(arguments[last:])


def test_every_writable_file_system_has_a_size(arguments: list[str]) -> None:
    sizes = {arguments[i + 1]: int(arguments[i - 1]) for i, word in enumerate(arguments) if word == "--tmpfs"}
    assert sizes[WORK_FOLDER] == LIMITS.temporary_bytes
    assert sizes[SHARED_MEMORY_FOLDER] == LIMITS.shared_memory_bytes
    assert all(arguments[i - 2] == "--size" for i, word in enumerate(arguments) if word == "--tmpfs")


def test_devices_are_the_harmless_ones(arguments: list[str]) -> None:
    devices = {arguments[index + 1] for index, word in enumerate(arguments) if word == "--dev-bind"}
    assert devices == {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}


def test_no_path_of_the_service_is_named(arguments: list[str]) -> None:
    checkout = str(Path(__file__).parents[3])
    assert not [word for word in arguments if checkout in word]


def test_command_is_last_and_the_filter_is_loaded(arguments: list[str]) -> None:
    assert arguments[-3:] == ["--", "python3", "x"]
    assert arguments[arguments.index("--seccomp") + 1] == "7"
