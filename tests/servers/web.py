"""The clinic's web server in a thread of the test, on the test's own database."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import uvicorn


class BadStartError(RuntimeError):
    """The server ended or did not answer in time."""


@contextmanager
def running_web(application: Any = None) -> Iterator[str]:
    """Serves the project's ASGI application, or another, on a free loopback port; gives its address.

    The socket is bound before the thread starts, so that a browser may connect at once. Open streams are cut
    one second after the end is asked for.
    """
    application = application or import_module("chairside.config.asgi").application
    config = uvicorn.Config(
        application, lifespan="off", log_config=None, timeout_graceful_shutdown=1, access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
    if thread.is_alive():
        raise BadStartError("the web server did not stop within 10 s")
