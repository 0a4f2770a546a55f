"""Files in which callers are named or heard: nobody but their owner on this machine may read them."""

import os


def owner_only(path: str, flags: int) -> int:
    """An opener for `open`: a file that it makes is its owner's alone (0600)."""
    return os.open(path, flags, 0o600)
