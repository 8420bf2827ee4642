"""`Courier`: a thread that tells webhooks what is due. Several, in several processes, share what there is to tell."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from api.service.errors import StoreFailed
from api.service.hooks import Delivery, any_due, due, signature, told
from api.service.store import Store

LOOK_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 10.0
"""A receiver has so long to answer."""

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Courier:
    """Delivers until `closing` is set."""

    store: Store
    closing: threading.Event
    thread: threading.Thread | None = field(default=None)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self.thread = threading.Thread(target=self._run, name="wardwright courier", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.closing.wait(LOOK_SECONDS):
            try:
                while not self.closing.is_set() and self.once():
                    pass
            except StoreFailed as error:
                _LOG.warning("%s", error)

    def once(self) -> bool:
        """Tell one thing that is due, if there is one."""
        if not self.store.read(any_due):
            return False
        delivery = self.store.write(due)
        if delivery is None:
            return False
        status = send(delivery)
        arrived = status.startswith("2")
        self.store.write(lambda connection: told(connection, delivery, status, arrived=arrived))
        if not arrived:
            _LOG.warning("webhook message %s, attempt %d: %s", delivery.id, delivery.attempts, status)
        return True


def send(delivery: Delivery) -> str:
    """Post one message, signed; the status that came back, or why none did. Redirects are not followed."""
    parts, at = urlsplit(delivery.url), int(time.time())
    plain = parts.scheme == "http"
    connect = http.client.HTTPConnection if plain else http.client.HTTPSConnection
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "wardwright",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(delivery.secret, delivery.id, at, delivery.body),
    }
    connection = connect(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, delivery.body.encode(), headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
