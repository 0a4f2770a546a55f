"""What goes over the loopback network to or from some ports, packet by packet."""

import math
import socket
import struct
import threading
import time
from collections import defaultdict

import pytest

_ALL_PROTOCOLS = 3
_TCP = 6


class Loopback:
    """Listens from `with` to its end. Needs the right to (root); skips the test without it."""

    def __init__(self, *ports: int) -> None:
        self._ports = set(ports)
        self._streams: defaultdict[tuple[int, int], bytearray] = defaultdict(bytearray)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._ends = math.inf

    def __enter__(self) -> "Loopback":
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
        except PermissionError:
            pytest.skip("listening on the loopback network needs root")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
        self._socket.bind(("lo", 0))
        self._socket.settimeout(0.2)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends = time.monotonic() + 0.3  # what waits is read; others' packets never end
        self._thread.join()
        self._socket.close()

    def traffic(self) -> bytes:
        """All of it, connection after connection."""
        return b"\n".join(bytes(stream) for stream in self._streams.values())

    def _listen(self) -> None:
        while time.monotonic() < self._ends:
            try:
                packet, (_, _, direction, *_) = self._socket.recvfrom(1 << 17)
            except TimeoutError:
                continue
            # Every packet passes twice, out and in again; 14 bytes of Ethernet, then IP version 4.
            if direction == socket.PACKET_OUTGOING or packet[12:14] != b"\x08\0" or packet[23] != _TCP:
                continue
            ip = packet[14:]
            tcp = ip[(ip[0] & 15) * 4 : struct.unpack_from(">H", ip, 2)[0] or None]
            ends = struct.unpack_from(">HH", tcp)
            if self._ports.intersection(ends):
                self._streams[ends] += tcp[(tcp[12] >> 4) * 4 :]
