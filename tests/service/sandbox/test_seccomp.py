"""The filter, run here by a small machine of its own, decides as the policy says, on both processors."""

from __future__ import annotations

import errno
import struct

import pytest

from service.sandbox.errors import UnknownMachine
from service.sandbox.policy import ALLOWED, RULES
from service.sandbox.seccomp import (
    ALLOW,
    AND,
    FAIL_WITH,
    JUMP,
    JUMP_AT_LEAST,
    JUMP_EQUAL,
    JUMP_REACH,
    KILL_PROCESS,
    LOAD,
    MACHINES,
    RETURN,
    assemble,
    filter_bytes,
    system_call_numbers,
)

machines = pytest.mark.parametrize("machine", sorted(MACHINES))


def verdict(machine: str, number: int, *arguments: int, word: int | None = None) -> int:
    """Run the filter of `machine` over one system call and return what it answers."""
    values = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, MACHINES[machine] if word is None else word, 0, *values)
    program, position, accumulator = assemble(machine), 0, 0
    while True:
        step = program[position]
        position += 1
        if step.operation == LOAD:
            (accumulator,) = struct.unpack_from("=I", data, step.operand)
        elif step.operation == AND:
            accumulator &= step.operand
        elif step.operation == JUMP:
            position += step.operand
        elif step.operation == JUMP_EQUAL:
            position += step.if_true if accumulator == step.operand else step.if_false
        elif step.operation == JUMP_AT_LEAST:
            position += step.if_true if accumulator >= step.operand else step.if_false
        else:
            assert step.operation == RETURN
            return step.operand


def call(machine: str, name: str, *arguments: int) -> int:
    return verdict(machine, system_call_numbers(machine)[name], *arguments)


@machines
def test_every_call_of_the_policy_has_a_number(machine: str) -> None:
    table = set(system_call_numbers("x86_64")) | set(system_call_numbers("aarch64"))
    assert set(" ".join(ALLOWED.values()).split()) | {rule.name for rule in RULES} == table


@machines
def test_calls_of_another_processor_kill(machine: str) -> None:
    for word in (0x40000003, 0x40000028, 0, *(value for name, value in MACHINES.items() if name != machine)):
        assert verdict(machine, 1, word=word) == KILL_PROCESS


def test_calls_of_the_x32_interface_kill() -> None:
    assert verdict("x86_64", 0x40000000 + 39) == KILL_PROCESS


@machines
def test_plain_calls_are_allowed(machine: str) -> None:
    numbers = system_call_numbers(machine)
    ruled = {rule.name for rule in RULES}
    plain = [name for name in " ".join(ALLOWED.values()).split() if name in numbers and name not in ruled]
    assert len(plain) > 150
    assert all(call(machine, name) == ALLOW for name in plain)


@machines
def test_unnamed_calls_do_not_exist(machine: str) -> None:
    named = set(system_call_numbers(machine).values())
    unnamed = [number for number in range(600) if number not in named]
    assert all(verdict(machine, number) == FAIL_WITH | errno.ENOSYS for number in unnamed)


def test_dangerous_calls_are_not_named() -> None:
    dangerous = {
        *(
            "mount",
            "umount2",
            "pivot_root",
            "chroot",
            "unshare",
            "setns",
            "ptrace",
            "process_vm_readv",
            "bpf",
            "keyctl",
        ),
        *(
            "add_key",
            "io_uring_setup",
            "userfaultfd",
            "memfd_create",
            "name_to_handle_at",
            "open_by_handle_at",
            "seccomp",
        ),
        *(
            "perf_event_open",
            "kexec_load",
            "init_module",
            "reboot",
            "shmget",
            "msgget",
            "mq_open",
            "setxattr",
            "setgroups",
        ),
    }
    assert not dangerous & set(system_call_numbers("x86_64"))


@machines
@pytest.mark.parametrize("flag", [1 << bit for bit in (17, 25, 26, 27, 28, 29, 30)])
def test_clone_into_a_new_namespace_is_refused(machine: str, flag: int) -> None:
    assert call(machine, "clone", flag | 17) == FAIL_WITH | errno.EPERM


@machines
def test_clone_of_a_process_or_thread_is_allowed(machine: str) -> None:
    assert call(machine, "clone", 17) == ALLOW
    assert call(machine, "clone", 0x3D0F00) == ALLOW  # what libc asks for a thread
    assert call(machine, "clone3") == FAIL_WITH | errno.ENOSYS  # libc falls back to clone


@machines
@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        ((1, 1, 0), True),
        ((2, 0o2004001, 6), True),  # AF_INET, SOCK_STREAM with flags, TCP
        ((10, 2, 17), True),
        ((16, 3, 0), True),  # NETLINK_ROUTE
        ((16, 3, 15), False),  # NETLINK_KOBJECT_UEVENT
        ((2, 3, 1), False),  # raw
        ((2, 1, 132), False),  # SCTP
        ((17, 3, 3), False),  # AF_PACKET
        ((40, 1, 0), False),  # AF_VSOCK
        ((38, 5, 0), False),  # AF_ALG
    ],
)
def test_socket_families_are_few(machine: str, arguments: tuple[int, ...], allowed: bool) -> None:
    assert (call(machine, "socket", *arguments) == ALLOW) is allowed


@machines
def test_arguments_are_compared_by_their_low_half(machine: str) -> None:
    typing = 0x5412  # TIOCSTI, which types into the terminal
    assert call(machine, "ioctl", 0, typing) == FAIL_WITH | errno.ENOTTY
    assert call(machine, "ioctl", 0, typing | 1 << 32) == FAIL_WITH | errno.ENOTTY
    assert call(machine, "ioctl", 0, 0x5401 | 1 << 32) == ALLOW


@machines
def test_signals_by_file_descriptor_are_refused(machine: str) -> None:
    for command in (8, 10, 15, 1026):  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY
        assert call(machine, "fcntl", 0, command) == FAIL_WITH | errno.EPERM


@machines
def test_of_nodes_only_pipes_can_be_made(machine: str) -> None:
    assert call(machine, "mknodat", 0, 0, 0o010600) == ALLOW
    assert call(machine, "mknodat", 0, 0, 0o020600) == FAIL_WITH | errno.EPERM


@machines
def test_jumps_stay_within_their_reach_and_the_program(machine: str) -> None:
    program = assemble(machine)
    assert len(filter_bytes(machine)) == 8 * len(program) < 8 * 4096
    for position, step in enumerate(program):
        assert max(step.if_true, step.if_false) <= JUMP_REACH
        furthest = step.operand if step.operation == JUMP else max(step.if_true, step.if_false)
        assert position + 1 + furthest < len(program) or step.operation == RETURN
    assert program[-1].operation == RETURN


def test_unknown_processor_has_no_filter() -> None:
    with pytest.raises(UnknownMachine, match="riscv64"):
        filter_bytes("riscv64")
