"""Files that are there whole or not at all: written beside their place, forced to the disk, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from forecasting.errors import DamagedModel, RegistryError
from forecasting.registry.card import sha256


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with files in it. Raises RegistryError where the disk fails; then there is no folder."""
    partial = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        partial.mkdir(parents=True)
        for name, data in files.items():
            _write(partial / name, data)
        _settle(partial)
        partial.rename(target)
        _settle(target.parent)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise RegistryError(f"{target}: can't be written: {error.strerror}") from error


def write_file(target: Path, data: bytes) -> None:
    """Put a file in its place, or in that of an older one. Raises RegistryError where the disk fails."""
    partial = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        _write(partial, data)
        partial.replace(target)
        _settle(target.parent)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise RegistryError(f"{target}: can't be written: {error.strerror}") from error


def read_files(folder: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a folder, each held to its SHA-256. Raises DamagedModel for one that differs or is gone."""
    return {name: _checked(folder / name, expected) for name, expected in hashes.items()}


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises DamagedModel where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedModel(f"{path}: can't be read: {error.strerror}; restore it from a copy") from error


def _checked(path: Path, expected: str) -> bytes:
    data = read_file(path)
    if sha256(data) != expected:
        raise DamagedModel(f"{path}: was changed since it was stored; restore it from a copy")
    return data


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
