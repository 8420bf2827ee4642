"""A real PostgreSQL server for tests, started on a socket of its own when first asked for, and ended with the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest

_NUMBERS = count(1)


def new_database() -> str:
    """The URL of an empty database. Skips the test where this machine has no PostgreSQL."""
    server = _server()
    if server is None:
        pytest.skip("no PostgreSQL server here: install Debian's package postgresql to run this test")
    import psycopg

    name = f"wardwright_{next(_NUMBERS)}"
    with psycopg.connect(f"host={server} user=wardwright dbname=postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[call-overload]
    return f"postgresql://wardwright@/{name}?host={server}"


@cache
def _server() -> Path | None:
    """The folder of the server's socket; None where there is no PostgreSQL."""
    programs = _programs()
    if programs is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="wardwright-pg-"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    run = {"user": user, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([programs / "initdb", "-D", data, "-U", "wardwright", "-A", "trust", "-N"], check=True, **run)  # type: ignore[call-overload]
    options = f"-k {folder} -c listen_addresses= -c max_connections=200"
    start = [programs / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"]
    subprocess.run(start, check=True, **run)  # type: ignore[call-overload]
    atexit.register(_stop, [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], run, folder)
    return folder


def _stop(command: list[object], run: dict[str, object], folder: Path) -> None:
    subprocess.run(command, check=False, **run)  # type: ignore[call-overload]
    shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Where PostgreSQL's own programs are: the newest version that Debian put there, or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).resolve().parent if named else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then somebody who may do nothing else runs it."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
