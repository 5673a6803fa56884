"""get_file: a file that is here already, or is fetched once."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from hornbeam.errors import HornbeamError, InvalidArgumentError
from hornbeam.folders import cache_folder

__all__ = ["DownloadError", "get_file"]


class DownloadError(HornbeamError, OSError):
    """A file is not here and cannot be fetched, or is not the one that was wanted."""


def get_file(
    fname: str | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """The path of a file, which is fetched where it is not here yet.

    Looked for as `fname` itself, then in `cache_subdir` of `cache_dir`, of Keras's folder (KERAS_HOME, or ~/.keras) and of
    Hornbeam's (see `hornbeam.folders.cache_folder`).

    Args:
        fname: name of the file, or its path; default: the last part of `origin`.
        origin: its address.
        untar, extract: whether it is an archive that is unpacked beside it.
        md5_hash, file_hash: what its content hashes to, in hexadecimal digits; another content is refused.
        cache_subdir: folder within the cache.
        hash_algorithm: "md5", "sha256" or "auto": by the number of digits.
        archive_format: for Keras's signature: the content says it.
        cache_dir: where to keep it.
        force_download: whether it is fetched even where it is here.

    Returns:
        The file's path; where it is unpacked, that of the folder.

    Raises:
        DownloadError: it is not here and cannot be fetched; the message says where to put it.
        InvalidArgumentError: neither name nor address is given.
    """
    name = fname or os.path.basename(urllib.parse.urlsplit(origin or "").path)
    if not name:
        raise InvalidArgumentError("get_file needs the name of a file, or its address")
    digest = file_hash or md5_hash
    folders = [Path(cache_dir).expanduser() / cache_subdir] if cache_dir else []
    keras_home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    folders += [keras_home / cache_subdir, cache_folder(cache_subdir)]
    places = [Path(name).expanduser(), *(folder / name for folder in folders)]
    path = next((place for place in places if place.is_file()), None)
    if path is not None and not force_download:
        _check(path, digest, hash_algorithm)
    else:
        path = (folders[0] if cache_dir else folders[-1]) / os.path.basename(name)
        _fetch(origin, path, name, digest, hash_algorithm)
    return str(_unpacked(path)) if untar or extract else str(path)


def _fetch(origin: str | None, path: Path, name: str, digest: str | None, algorithm: str) -> None:
    advice = f"Put the file at {path}, or give the path of a copy."
    if not origin:
        raise DownloadError(f"there is no file {name}, and no address to fetch it from. {advice}")
    if urllib.parse.urlsplit(origin).scheme not in ("http", "https", "ftp"):
        raise InvalidArgumentError(f"files are fetched from http, https and ftp addresses; got {origin!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, urllib.request.urlopen(origin, timeout=60) as answer:
            _copied(answer, file, name)
        _check(Path(part), digest, algorithm)
        os.replace(part, path)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise DownloadError(f"{name} is not here, and {origin} cannot be reached ({reason}). {advice}") from None
    finally:
        Path(part).unlink(missing_ok=True)


def _copied(answer: Any, file: Any, name: str) -> None:
    """Write what comes; on a terminal say how far it is."""
    length = int(answer.headers.get("Content-Length") or 0)
    done, shown, told = 0, -1, sys.stderr.isatty()
    while piece := answer.read(1 << 20):
        file.write(piece)
        done += len(piece)
        share = 100 * done // length if length else done >> 20
        if told and share != shown:
            shown = share
            said = f"{share:3d} % of {length / 1e6:.1f} MB" if length else f"{done / 1e6:.1f} MB"
            print(f"\r{name}: {said}", end="", file=sys.stderr, flush=True)
    if told:
        print(file=sys.stderr)
    if length and done != length:
        raise ConnectionError(f"{done} of {length} bytes came")


def _check(path: Path, digest: str | None, algorithm: str) -> None:
    if digest is None:
        return
    kind = ("sha256" if len(digest) == 64 else "md5") if algorithm == "auto" else algorithm
    with path.open("rb") as file:
        found = hashlib.file_digest(file, kind).hexdigest()
    if found != digest.lower():
        raise DownloadError(f"{path} hashes to {found} ({kind}), not to {digest}: it is damaged, or another file")


def _unpacked(path: Path) -> Path:
    """The folder beside an archive into which it is unpacked; nothing in it may lie elsewhere."""
    folder = path.with_name(path.name.removesuffix(path.suffix).removesuffix(".tar"))
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory(dir=path.parent) as part:
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                archive.extractall(part, filter="data")
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                archive.extractall(part)  # leaves out ".." and roots by itself
        else:
            raise DownloadError(f"{path} is neither a tar nor a zip archive")
        os.replace(part, folder)
        os.mkdir(part)  # for TemporaryDirectory to take away
    return folder
