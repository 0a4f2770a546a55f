"""TLS for the browser phone: browsers give the microphone only to secure pages."""

import os
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.errors import SettingsError

_VALID = timedelta(days=800)
"""Apple's limit for certificates of private authorities is 825 days."""

_RENEW = timedelta(days=30)


def server_tls(
    kind: Literal["off", "self_signed", "files"],
    *,
    run_dir: Path,
    names: Sequence[str],
    certificate: Path | None = None,
    key: Path | None = None,
) -> ssl.SSLContext | None:
    """The TLS of the web server, None for 'off'. Raises SettingsError.

    'self_signed' keeps its certificate under `run_dir`, so that an exception made in a browser stays; it makes a new
    one when `names` (host names and addresses) change or the old one runs out.
    """
    if kind == "off":
        return None
    if kind == "self_signed":
        folder = run_dir / "tls"
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        if not _still_fits(certificate, key, names):
            _make_certificate(folder, certificate, key, names)
    if certificate is None or key is None:
        raise SettingsError(
            "tls_files", 'web.tls = "files" 时，必须同时设置 web.tls_certificate（证书）和 web.tls_key（私钥）'
        )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as wrong:
        raise SettingsError(
            "tls_files",
            f"证书 {certificate} 或私钥 {key} 不能使用（{wrong}）：请确认两个文件存在、可读、为 PEM 格式且互相匹配",
        ) from wrong
    return context


def _still_fits(certificate: Path, key: Path, names: Sequence[str]) -> bool:
    """True if the certificate of an earlier start is for these names, has its key, and lasts a while."""
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError):
        return False
    if known.public_key() != private.public_key():
        return False
    for_names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(name.value) for name in for_names}
    return covered == {_spelled(name) for name in names} and known.not_valid_after_utc - datetime.now(UTC) > _RENEW


def _make_certificate(folder: Path, certificate: Path, key: Path, names: Sequence[str]) -> None:
    """A certificate by an authority made for it alone, whose own key is thrown away: it can never sign another."""
    if not names:
        raise SettingsError("tls_names", 'web.tls = "self_signed" 时，web.tls_names 至少要有一个主机名或地址')
    now = datetime.now(UTC)
    authority = trustme.CA(organization_name="hotline")
    try:
        issued = authority.issue_cert(*names, not_before=now - timedelta(days=1), not_after=now + _VALID)
    except ValueError as wrong:
        raise SettingsError(
            "tls_names", f"web.tls_names 中有不能写入证书的名称（{wrong}）：只写主机名或 IP 地址"
        ) from wrong
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "authority.pem", authority.cert_pem.bytes())
        _write(certificate, b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        _write(key, issued.private_key_pem.bytes())
    except OSError as wrong:
        raise SettingsError("tls_folder", f"不能写入 {folder}（{wrong}）：请检查目录权限") from wrong


def _write(path: Path, pem: bytes) -> None:
    """For the owner's eyes only from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def _spelled(name: str) -> str:
    """As it stands in a certificate: addresses in their short form, international names in ASCII."""
    try:
        return str(ip_address(name))
    except ValueError:
        return name.encode("idna").decode().lower() if not name.isascii() else name
