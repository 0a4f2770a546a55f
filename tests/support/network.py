"""A network of its own for a service, with nothing in it but the loopback device: as if the cable were pulled."""

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

CUT_OFF = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
"""Put before a command, it runs where only 127.0.0.1 can be reached."""

_NEW_NETWORK = 0x40000000
_LISTENING = "0A"


def need_cut_off() -> None:
    """Skip the test, loudly, where a network may not be cut off."""
    tried = subprocess.run([*CUT_OFF, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"a network of its own needs root (unshare --net): {tried.stderr.strip()}")


def in_network_of(pid: int, work: Callable[[], T]) -> T:
    """Run something in the network that this process lives in."""
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            if ctypes.CDLL(None, use_errno=True).setns(network, _NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "setns")
            os.close(network)
            result.append(work())
        except BaseException as wrong:
            failure.append(wrong)

    thread = threading.Thread(target=run)  # a network belongs to a thread; this one ends with its
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]


def listening_addresses(pids: Iterable[int]) -> set[tuple[str, int]]:
    """Where these processes listen: host and port, TCP and UDP, both versions of IP."""
    found = set()
    for pid in pids:
        mine = {target for handle in Path(f"/proc/{pid}/fd").glob("*") if (target := _target(handle))}
        for protocol in ("tcp", "tcp6", "udp", "udp6"):
            for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
                fields = line.split()
                waits = fields[3] == _LISTENING or (protocol.startswith("udp") and fields[2].endswith(":0000"))
                if waits and f"socket:[{fields[9]}]" in mine:
                    found.add(_address(fields[1]))
    return found


def _target(handle: Path) -> str:
    try:
        return os.readlink(handle)
    except OSError:
        return ""


def _address(coded: str) -> tuple[str, int]:
    """'0100007F:1F90' is 127.0.0.1, port 8080: each group of four bytes is turned round."""
    host, port = coded.split(":")
    raw = b"".join(bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8))
    if len(raw) == 4:
        return ".".join(map(str, raw)), int(port, 16)
    return raw.hex(), int(port, 16)
