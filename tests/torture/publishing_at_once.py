"""Two hundred clients on one plan, each with the ETag that it read: no update may be lost.

`python -m tests.torture.publishing_at_once [CLIENTS]`. Of two plans of one ward, each client in turn reads one and
publishes it with If-Match, all of them at once, over HTTP, against a service of two processes on one store. Whoever is
told 200 has raised the plan's version by that change; whoever meant an older version is told 412. At the end the
versions read in the answers are all different, and the plan's version counts exactly the changes that were made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from api.service.jobs import happenings
from api.service.keys import Wanted, create
from api.service.store import Store, open_store
from api.service.worker import Worker
from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM, free_port

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
FRONTS = 2


def begun(url: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """A service without a worker."""
    words = ["serve", "--workers", "0", "--port", str(port), "--login"]
    told = {**os.environ, "WARDWRIGHT_STORE": url, "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-c", PROGRAM, *words], env=told, stdout=log, stderr=log)


def listening(ports: list[int]) -> None:
    """Wait until every service answers. Raises TimeoutError."""
    until = time.monotonic() + 90
    for port in ports:
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if time.monotonic() > until:
                raise TimeoutError("the service did not come up")
            time.sleep(0.2)


def publish(port: int, secret: str, plan: str, gate: threading.Barrier, told: list[tuple[int, str]]) -> None:
    """One client: read, wait for all the others, publish what was read."""
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120) as client:
        tag = client.get(f"/v1/plans/{plan}").headers["ETag"]
        gate.wait(120)
        answer = client.post(f"/v1/plans/{plan}:publish", headers={"If-Match": tag})
    told.append((answer.status_code, answer.headers.get("ETag", "")))


def plans_of(store: Store, ports: list[int], secret: str) -> list[str]:
    """Two plans of one ward, made."""
    with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", headers={"Authorization": f"Bearer {secret}"}) as client:
        ids = [client.post("/v1/plans", json=WARD).raise_for_status().json()["id"] for _ in range(2)]
    worker = Worker(store)
    while worker.once():
        pass
    return ids


def wrong_with(store: Store, plans: list[str], told: list[tuple[int, str]]) -> list[str]:
    """What is wrong with what was told, against what the store says was done."""
    wrong = [f"an answer {status}" for status, _ in told if status not in (200, 412)]
    names = [
        e.name for plan in plans for e in store.read(lambda connection, plan=plan: happenings(connection, plan, 0))
    ]
    changes, good = names.count("published"), sum(status == 200 for status, _ in told)
    if changes != good:
        wrong.append(f"{good} were told that they published, {changes} did")
    tags = [tag for status, tag in told if status == 200]
    wrong += [f"two were told of the same version {tag}" for tag, count in Counter(tags).items() if count > 1]
    if abs(changes - names.count("superseded")) != 1:
        wrong.append(f"{changes} published, {names.count('superseded')} superseded: more than one counts, or none")
    return wrong


def main(clients: int = 200) -> int:
    """So many clients at once; print and count what went wrong."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/store.db"
        store = open_store(url)
        secrets = [
            store.write(lambda connection, n=n: create(connection, Wanted("north", f"client {n}", "publisher")))[1]
            for n in range(clients)
        ]
        ports = [free_port() for _ in range(FRONTS)]
        services = [begun(url, port, Path(place)) for port in ports]
        try:
            listening(ports)
            plans = plans_of(store, ports, secrets[0])
            gate, told = threading.Barrier(clients), list[tuple[int, str]]()
            threads = [
                threading.Thread(target=publish, args=(ports[n % FRONTS], secret, plans[n // FRONTS % 2], gate, told))
                for n, secret in enumerate(secrets)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            wrong = wrong_with(store, plans, told)
        finally:
            for service in services:
                service.kill()
                service.wait()
            store.close()
    if len(told) != clients:
        wrong.append(f"{clients - len(told)} clients were never answered")
    counts = Counter(status for status, _ in told)
    words = ", ".join(f"{count} times {status}" for status, count in sorted(counts.items()))
    print(f"{clients} clients on one ward's plans with ETags: {words}; {len(wrong)} wrong", *wrong[:20], sep="\n  ")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
