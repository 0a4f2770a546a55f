"""Encrypts what must not be read from the database: numbers, names, amounts, what was said.

One key file, made at first start, readable by its owner only. Two keys are derived from it: one encrypts, the other
makes fingerprints, by which a number can be found again without being kept.
"""

import base64
import hashlib
import hmac
import os
import stat
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SettingsError, StoreError
from bot.store.database import Database, insert_new
from bot.store.tables import metadata

seals = sa.Table(
    "seals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
)
"""One row: which key this database was sealed with."""


class Seal:
    """Seals texts and opens them again."""

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret, b"seal")))
        self._fingerprint_key = _derived(secret, b"fingerprint")

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        """The seal of this installation; a missing file is made. Raises SettingsError if others can read it."""
        if not path.exists():
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError("secret_key", f"密钥文件 {path} 可被其他用户读取，请执行：chmod 600 {path}")
        secret = path.read_bytes().strip()
        if len(secret) < 32:
            raise SettingsError(
                "secret_key", f"密钥文件 {path} 不完整，请从备份恢复；没有备份时，已加密的内容无法再读取"
            )
        return cls(secret)

    def seal(self, text: str) -> bytes:
        """The encrypted text."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text again. Raises StoreError if it was sealed with another key or altered."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise StoreError("store_damaged", "a sealed value does not open with this key") from error

    def fingerprint(self, text: str) -> str:
        """64 hexadecimal digits that are the same for the same text, and say nothing without the key."""
        return hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).hexdigest()


def check_seal(database: Database, seal: Seal) -> None:
    """Bind a new database to its key; raise SettingsError if it was sealed with another one."""
    mine = seal.fingerprint("this database")
    with database.writing() as connection:
        connection.execute(insert_new(connection, seals).values(id=1, fingerprint=mine).on_conflict_do_nothing())
        kept = connection.execute(sa.select(seals.c.fingerprint)).scalar_one()
    if kept != mine:
        raise SettingsError("secret_key", "密钥文件与数据库不匹配：请恢复原来的密钥文件，或改用新的数据库")


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _make(path: Path) -> None:
    """Write a new key. When two processes start at once, the first one's file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
