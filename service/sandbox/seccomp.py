"""Assembles the system call policy into the kernel's filter code (classic BPF), for `bwrap --seccomp`.

The order of a filter: another processor's calls kill the process, then the calls with argument rules, then the calls
that are always allowed, then ENOSYS for the rest. Needs no library, and yields the same bytes on any machine.
"""

from __future__ import annotations

import csv
import errno
import io
import struct
from dataclasses import dataclass
from importlib import resources

from service.sandbox.errors import UnknownMachine
from service.sandbox.policy import BOX, Check, Policy, Rule

# linux/bpf_common.h: operations, and linux/seccomp.h: verdicts and the offsets within struct seccomp_data
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, JUMP, RETURN = 0x20, 0x54, 0x15, 0x35, 0x05, 0x06
ALLOW, KILL_PROCESS, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER_OFFSET, MACHINE_OFFSET, ARGUMENTS_OFFSET, ARGUMENT_BYTES = 0, 4, 16, 8

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*, both little-endian
X32_BIT = 0x40000000  # numbers of the x32 interface share x86_64's machine word
JUMP_REACH = 255


@dataclass(frozen=True, slots=True)
class Instruction:
    """One `struct sock_filter`; jumps count instructions from the next one."""

    operation: int
    operand: int
    if_true: int = 0
    if_false: int = 0

    def encode(self) -> bytes:
        return struct.pack("=HBBI", self.operation, self.if_true, self.if_false, self.operand)


def filter_bytes(machine: str, policy: Policy = BOX) -> bytes:
    """Return the filter for `machine` (as `os.uname()` names it). Raises `UnknownMachine`."""
    return b"".join(instruction.encode() for instruction in assemble(machine, policy))


def assemble(machine: str, policy: Policy = BOX) -> list[Instruction]:
    """Return the filter for `machine` as instructions. Raises `UnknownMachine`."""
    if machine not in MACHINES:
        raise UnknownMachine(machine)
    numbers = system_call_numbers(machine)
    program = _machine_check(machine)
    for rule in policy.rules:
        if rule.name in numbers:
            body = _rule(rule)
            program += [_jump_if(numbers[rule.name], 0, len(body)), *body]
    program += _allowed(sorted(numbers[name] for name in policy.allowed if name in numbers))
    return [*program, _fail(errno.ENOSYS)]


def system_call_numbers(machine: str) -> dict[str, int]:
    """Return name → number of the calls that exist on `machine`."""
    table = resources.files("service.sandbox").joinpath("system_calls.csv").read_text(encoding="ascii")
    return {row["name"]: int(row[machine]) for row in csv.DictReader(io.StringIO(table)) if row[machine]}


def _machine_check(machine: str) -> list[Instruction]:
    program = [
        Instruction(LOAD, MACHINE_OFFSET),
        _jump_if(MACHINES[machine], 1, 0),
        Instruction(RETURN, KILL_PROCESS),
        Instruction(LOAD, NUMBER_OFFSET),
    ]
    if machine == "x86_64":
        program += [Instruction(JUMP_AT_LEAST, X32_BIT, 0, 1), Instruction(RETURN, KILL_PROCESS)]
    return program


def _rule(rule: Rule) -> list[Instruction]:
    """Return what decides one call for good, after its number has matched."""
    program: list[Instruction] = []
    for checks in rule.alternatives:
        body = [Instruction(RETURN, ALLOW)]
        for check in reversed(checks):
            body = _check(check, len(body)) + body
        program += body
    return [*program, _fail(rule.refusal)]


def _check(check: Check, rest: int) -> list[Instruction]:
    """Return instructions that fall through when `check` holds, and else skip the `rest` of its alternative."""
    program = [Instruction(LOAD, ARGUMENTS_OFFSET + ARGUMENT_BYTES * check.argument)]
    if check.mask != 0xFFFFFFFF:
        program.append(Instruction(AND, check.mask))
    count = len(check.values)
    program += [_jump_if(value, count - index, 0) for index, value in enumerate(check.values)]
    return [*program, Instruction(JUMP, rest)]


def _allowed(numbers: list[int]) -> list[Instruction]:
    """Return instructions that allow `numbers` and fall through for others, in groups that a jump can cross."""
    program: list[Instruction] = []
    for start in range(0, len(numbers), JUMP_REACH - 1):
        group = numbers[start : start + JUMP_REACH - 1]
        program += [_jump_if(number, len(group) - index, 0) for index, number in enumerate(group)]
        program += [Instruction(JUMP, 1), Instruction(RETURN, ALLOW)]
    return program


def _jump_if(value: int, if_true: int, if_false: int) -> Instruction:
    return Instruction(JUMP_EQUAL, value, if_true, if_false)


def _fail(number: int) -> Instruction:
    return Instruction(RETURN, FAIL_WITH | number)
