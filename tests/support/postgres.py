"""A real PostgreSQL server for tests: Debian's, started in a folder of its own, on a socket there, no port."""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from functools import lru_cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

PREFIX = "hotline-postgres-"
"""Of the servers' folders; the test run's process id follows."""


class PostgresServer:
    """Started on demand, stopped with the test run. Refuses to run as root, so it runs as the user postgres then."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        self.start()

    def new_database(self, copied_from: str = "template1") -> str:
        """A database as empty as this one; its URL. Nobody may be connected to `copied_from`."""
        name = f"test_{uuid.uuid4().hex[:8]}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {copied_from}")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Delete a database of `new_database`, whoever still uses it."""
        self._execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def start(self) -> None:
        """Start it, unless it runs."""
        settings = (
            f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off -c max_connections=60"
            " -c min_wal_size=32MB -c max_wal_size=48MB"  # some tests search all that it wrote
        )
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self._folder / "log"), "-o", settings, "start")

    def stop(self) -> None:
        """As if its plug were pulled: connections are cut, nothing is finished."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop it and delete everything."""
        subprocess.run(
            [*self._as_user, str(self._programs / "pg_ctl"), "-D", self._data, "-m", "immediate", "stop"],
            check=False,
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def files(self) -> Path:
        """Everything it wrote, its log too."""
        return self._folder

    @property
    def process_id(self) -> int:
        """Of the server's main process."""
        return int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        # No pipes: the server keeps them open and the wait would not end.
        with (self._folder / "commands").open("ab") as output:
            subprocess.run(command, check=True, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/")


@lru_cache(maxsize=1)
def shared_server() -> PostgresServer:
    """One server for the whole test run. Skips the test if Debian's package is missing."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not here: apt-get install postgresql")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("there is no user postgres to run the server as")
    _remove_left_behind()
    server = PostgresServer(programs[-1].parent)
    atexit.register(server.remove)
    return server


def _remove_left_behind() -> None:
    """Servers of test runs that were killed go on for ever otherwise."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        run = folder.name.removeprefix(PREFIX).split("-")[0]
        if Path(f"/proc/{run}").exists():
            continue
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
