"""What a process may no longer do once it starts to read documents of strangers. Linux first; elsewhere what there is.

Each step says whether it took hold, so that `footnote doctor` can tell which protections are active.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable

MEMORY = 1_000_000_000
"""Bytes of address space."""
NOBODY = 65534

_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
_ALL_FILE_RIGHTS_OF_ABI_1 = (1 << 13) - 1


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


# System calls that reach the network, another program or process, or the kernel's tools, by their numbers on each
# architecture (its AUDIT_ARCH, then the numbers): linux/scripts/syscall.tbl, linux/arch/x86/entry/syscalls/syscall_64.tbl.
_DENIED: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        # socket connect accept sendto sendmsg bind listen socketpair accept4 sendmmsg execve execveat kill tkill ptrace
        _numbers(
            "41 42 43 44 46 49 50 53 288 307 59 322 62 200 101"
            # mount umount2 reboot init_module delete_module add_key keyctl unshare setns perf_event_open bpf
            " 165 166 169 175 176 248 250 272 308 298 321"
            # process_vm_readv process_vm_writev io_uring_setup pidfd_open pidfd_getfd
            " 310 311 425 434 438"
        ),
    ),
    "aarch64": (
        0xC00000B7,
        _numbers(
            "198 203 202 206 211 200 201 199 242 269 221 281 129 130 117"
            " 40 39 142 105 106 217 219 97 268 241 280"
            " 270 271 425 434 438"
        ),
    ),
}


def limit_resources() -> dict[str, bool]:
    """Memory is limited, nothing can be written to a file, and a crash leaves no copy of the documents."""
    return {
        "memory": _set_limit(resource.RLIMIT_AS, MEMORY),
        "no files written": _set_limit(resource.RLIMIT_FSIZE, 0) and _set_limit(resource.RLIMIT_CORE, 0),
    }


def limit_cpu(seconds: int) -> bool:
    """From now on this process may compute for so long; the kernel ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime) + seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (end, hard))
    except (ValueError, OSError):
        return False
    return True


def _set_limit(kind: int, value: int) -> bool:
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        return False
    return True


def leave_network() -> bool:
    """A network of its own with nothing in it, where the system allows that to this user."""
    if not sys.platform.startswith("linux"):
        return False
    libc = _libc()
    if os.geteuid() == 0:
        return bool(libc.unshare(_CLONE_NEWNET) == 0)
    return bool(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def drop_privileges() -> bool:
    """Root becomes nobody; True if this process is not (or no longer) root."""
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def see_only(folders: Iterable[str]) -> bool:
    """Files outside of `folders` can no longer be opened, those inside only be read (Landlock, Linux 5.13 and newer)."""
    if not sys.platform.startswith("linux"):
        return False
    libc = _libc()
    handled = struct.pack("Q", _ALL_FILE_RIGHTS_OF_ABI_1)
    ruleset = libc.syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
    if ruleset < 0:
        return False
    try:
        for folder in folders:
            _allow_reading(libc, ruleset, folder)
        no_new_privileges = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        return bool(no_new_privileges and libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: str) -> None:
    with contextlib.suppress(OSError):  # a folder that is not there needs no permission
        descriptor = os.open(folder, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
        rights = _READ_FILE | (_READ_DIRECTORY if os.path.isdir(folder) else 0)  # noqa: PTH112
        libc.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0)
        os.close(descriptor)


def deny_system_calls() -> bool:
    """No sockets, no other programs, no signals to other processes: such calls fail (seccomp)."""
    if not sys.platform.startswith("linux") or platform.machine() not in _DENIED:
        return False
    architecture, numbers = _DENIED[platform.machine()]
    program = _filter(architecture, numbers)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _filter(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """A classic BPF program (struct sock_filter: code, jump if true, jump if false, value): EPERM for `numbers`."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse, kill = 0x7FFF_0000, 0x0005_0000 | 1, 0x8000_0000
    steps = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        (at_least, len(numbers), 0, 0x4000_0000),  # the x32 calls of x86-64 have numbers of their own
    ]
    for place, number in enumerate(numbers):
        steps.append((equal, len(numbers) - place, 0, number))
    steps += [(answer, 0, 0, allow), (answer, 0, 0, refuse)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
