"""Ports of tests that run beside each other."""

import secrets
import socket

NOBODYS = range(20_000, 32_000)
"""Below those that Linux gives to whoever asks for any (from 32768), so that none is given away before it is used."""


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port := secrets.choice(NOBODYS)))
            except OSError:
                continue
            return port
