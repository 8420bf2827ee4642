"""Schemathesis on the whole API: whatever the description allows or forbids is asked, and every answer held to it.

`python -m tests.torture.whole_api [EXAMPLES]`. A service with a worker and login, a key of an administrator, and a plan
that is done, so that routes of plans have something to answer about. All of Schemathesis's checks run. A request may
fit the description and still be refused: a scenario's parts must go together (422), a page token must come from a page
(400), a change needs the version it means (412, 428).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from api.service.keys import Wanted, create
from api.service.store import open_store
from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM, free_port

CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "412", "415", "422", "428", "429"]

[[operations]]
include-path-regex = "^/v1/plans/.id."
exclude-method = "DELETE"
parameters = {{ "path.id" = "{plan}" }}
"""
PER_SECOND = 45
"""Requests a second: a few fewer than one key may make."""


def planned(client: httpx.Client) -> str:
    """The id of a plan that is done."""
    ward = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
    answer = client.post("/v1/plans", json=ward, headers={"Prefer": "wait=120"})
    return str(answer.raise_for_status().json()["id"])


def up(client: httpx.Client) -> None:
    """Wait until the service answers. Raises TimeoutError."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError("the service did not come up")


def asked(base: str, secret: str, plan: str, examples: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Schemathesis itself."""
    (folder / "config.toml").write_text(CONFIG.format(plan=plan), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(folder / "config.toml"), "run",
        f"{base}/openapi.json", "--max-examples", str(examples), "--phases", "fuzzing", "--checks", "all",
        "--seed", "1", "--no-shrink", "--continue-on-failure", "--rate-limit", f"{PER_SECOND}/s", "--no-color",
        "--header", f"Authorization: Bearer {secret}",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def main(examples: int = 20) -> int:
    """So many examples of each operation; print how many cases there were and what failed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        url, base = f"sqlite:///{folder / 'store.db'}", f"http://127.0.0.1:{port}"
        store = open_store(url)
        secret = store.write(lambda connection: create(connection, Wanted("north", "torture", "admin")))[1]
        store.close()
        told = {**os.environ, "WARDWRIGHT_STORE": url, "OMP_NUM_THREADS": "1"}
        words = [sys.executable, "-c", PROGRAM, "serve", "--login", "--port", str(port)]
        with (folder / "log").open("ab") as log:
            service = subprocess.Popen(words, cwd=folder, env=told, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {secret}"}, timeout=150) as client:
                up(client)
                done = asked(base, secret, planned(client), examples, folder)
        finally:
            service.terminate()
            service.wait(20)
    cases = re.search(r"(\d+) generated", done.stdout)
    if done.returncode or cases is None:
        print(done.stdout[-6000:], done.stderr[-2000:])
    seconds, verdict = time.monotonic() - began, "0 failures" if not done.returncode else "failures, above"
    print(f"Schemathesis: {cases.group(1) if cases else 'no'} cases in {seconds:.0f} s, {verdict}")
    return int(bool(done.returncode) or cases is None)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
