"""`wardwright serve` and `worker` as processes: told to stop, killed, cancelled; each accepted job ends once."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from api.service.demo import demo_text
from tests.command import ROOT
from tests.service_front import store_at
from tests.small_ward import small_ward

PROGRAM = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from api.cli import main; main(prog_name='wardwright')"
CANARY = "Quexworth"
WARD = json.loads(json.dumps(small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)).replace("med", CANARY))
"""The small ward, whose group of patients has a name that no log may tell."""

PATIENCE = 120.0
"""Seconds until something must have happened, however much else the machine does."""


def long_scenario(seconds: float = 60.0) -> dict[str, Any]:
    """A hospital of 430 patients whose plan is searched for until its time is up: a gap of nothing is asked for."""
    data = json.loads(demo_text("hospital"))
    for group in data["patients"].values():
        if "history" in group.get("demand", {}):
            group["demand"] = {"census": round(430 * group["demand"].get("share", 1.0), 1)}
    horizon = {**data["horizon"], "days": 7, "beyond_days": 0}
    return {**data, "forecast": {}, "horizon": horizon, "solve": {"gap": 0.0, "time_limit": seconds}}


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start(*words: object, url: str, folder: Path) -> subprocess.Popen[bytes]:
    """A command as its own process, in its own folder."""
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    told = {**os.environ, "WARDWRIGHT_STORE": url, "TMPDIR": str(temporary)}
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=told, stderr=log, stdout=log)


class Service:
    """A running service with one worker, and a client of it, who by default trusts plain HTTP on this machine."""

    def __init__(self, url: str, folder: Path, *words: object, scheme: str = "http", **trust: Any) -> None:
        self.url, self.folder, self.port = url, folder, free_port()
        self.process = start("serve", "--port", self.port, *words, url=url, folder=folder)
        self.client = httpx.Client(base_url=f"{scheme}://127.0.0.1:{self.port}", timeout=30, **trust)
        until(self._ready)

    def _ready(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            return False

    def worker(self) -> psutil.Process:
        """The worker process."""
        (found,) = [each for each in psutil.Process(self.process.pid).children() if "worker" in each.cmdline()]
        return found

    def post(self, data: object, **headers: str) -> str:
        """The path of a job that was taken on."""
        answer = self.client.post("/v1/plans", json=data, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"])

    def get(self, path: str) -> Any:
        """What a GET answers."""
        return self.client.get(path).raise_for_status().json()

    def ended(self, path: str) -> Any:
        """A job once it has ended."""
        until(lambda: self.get(f"{path}/status")["state"] in ("done", "failed", "cancelled"))
        return self.get(path)

    def names(self, path: str) -> list[str]:
        """The names of a job's events that are not progress."""
        text = self.client.get(f"{path}/events").text
        return [line[7:] for line in text.splitlines() if line.startswith("event: ") and line != "event: progress"]


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.05)


@contextmanager
def running(url: str, folder: Path, *words: object, **trust: Any) -> Iterator[Service]:
    """A service that is gone afterwards, with its worker."""
    service = Service(url, folder, *words, **trust)
    try:
        yield service
    finally:
        service.client.close()
        service.process.kill()
        service.process.wait()


def solving(service: Service, path: str) -> None:
    """Wait until a plan's first figures are there."""
    until(lambda: service.get(f"{path}/status")["incumbent"] is not None)


def test_a_job_handed_back_goes_on_elsewhere_and_cancelled_keeps_its_best(tmp_path: Path) -> None:
    """Told to stop in the middle of a minute's solve, a service is gone within ten seconds and counts no attempt.

    The next one takes the plan up; cancelled there, it keeps the best found so far, checked like any other.
    """
    url = store_at("sqlite", tmp_path)
    with running(url, tmp_path) as service:
        path = service.post(long_scenario())
        until(lambda: service.get(f"{path}/status")["step"] == "solve")
        began = time.monotonic()
        service.process.terminate()
        assert service.process.wait(12) == 0
        assert time.monotonic() - began < 10
    with running(url, tmp_path) as again:
        assert again.get(f"{path}/status")["attempts"] <= 1
        until(lambda: again.get(f"{path}/status")["state"] == "running")
        solving(again, path)
        again.client.post(f"{path}:cancel")
        began = time.monotonic()
        job = again.ended(path)
        assert time.monotonic() - began < 20
        assert again.names(path) == ["queued", "running", "queued", "running", "cancelled"]
        assert (job["state"], job["outcome"], job["answer"]["checked"]["ok"]) == ("cancelled", "time_limit", True)
        assert job["answer"]["objective"] > 0


def test_a_service_killed_with_its_worker_goes_on_where_it_was_and_ends_well_when_told(tmp_path: Path) -> None:
    """kill -9 of everything: what was accepted is done by the next service, and the old worker ends by itself.

    SIGTERM ends the next one and its worker with exit 0. The log tells of all that, and no name of the scenario.
    """
    url = store_at("sqlite", tmp_path)
    with running(url, tmp_path) as service:
        paths = [service.post(WARD) for _ in range(3)]
        worker = service.worker()
        service.process.kill()
        until(lambda: not worker.is_running())
    with running(url, tmp_path) as again:
        for path in paths:
            assert again.ended(path)["answer"]["objective"] == 600.0
            assert again.names(path)[-1:] == ["done"]
            assert again.names(path).count("done") == 1
        assert again.client.get(f"/v1/plans/{CANARY}?state={CANARY}").status_code == 404
        worker = again.worker()
        again.process.terminate()
        assert again.process.wait(12) == 0
        assert not worker.is_running()
    log = (tmp_path / "log").read_text()
    assert log.count("POST /v1/plans: 202") == 3
    assert CANARY not in log
    assert list((tmp_path / "temporary").glob("wardwright-plan-*")) == []


def test_a_worker_killed_in_the_middle_is_replaced_and_the_job_ends_once(tmp_path: Path) -> None:
    """kill -9 while it solves: another worker takes the job up when the lease has run out."""
    with running(store_at("postgresql", tmp_path), tmp_path) as service:
        path = service.post(long_scenario(), **{"Idempotency-Key": "k"})
        until(lambda: service.get(f"{path}/status")["step"] == "solve")
        service.worker().kill()
        assert service.post(long_scenario(), **{"Idempotency-Key": "k"}) == path
        until(lambda: service.get(f"{path}/status")["attempts"] == 2)
        service.client.post(f"{path}:cancel")
        assert service.ended(path)["state"] == "cancelled"
        assert service.names(path) == ["queued", "running", "running", "cancelled"]
        assert len(service.get("/v1/plans")["items"]) == 1


def test_workers_beside_the_service_share_its_jobs(tmp_path: Path) -> None:
    """One more worker on PostgreSQL: six jobs are done once each, and it ends with exit 0."""
    url = store_at("postgresql", tmp_path)
    with running(url, tmp_path) as service:
        more = start("worker", url=url, folder=tmp_path)
        until(lambda: (tmp_path / "log").read_text().count("waits for jobs") == 2)
        paths = [service.post(WARD) for _ in range(6)]
        assert all(service.ended(path)["state"] == "done" for path in paths)
        assert all(service.names(path) == ["queued", "running", "done"] for path in paths)
        more.send_signal(signal.SIGTERM)
        assert more.wait(10) == 0


def test_beyond_this_machine_it_speaks_tls_and_asks_for_a_key(tmp_path: Path) -> None:
    """With a certificate it listens everywhere; who trusts the certificate is answered, and let in by a key alone."""
    certificate, key = certified(tmp_path)
    words = ("--host", "0.0.0.0", "--workers", 0, "--tls-cert", certificate, "--tls-key", key)
    trust = ssl.create_default_context(cafile=str(certificate))
    with running(store_at("sqlite", tmp_path), tmp_path, *words, scheme="https", verify=trust) as service:
        answer = service.client.get("/v1/plans")
        assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (401, "max-age=31536000")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{service.port}/healthz")


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    signed = made.add_extension(place, critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_told_to_stop_before_it_runs_it_ends_well_too(command: str, tmp_path: Path) -> None:
    """SIGTERM while it is still starting: exit 0."""
    process = start(command, url=store_at("sqlite", tmp_path), folder=tmp_path)
    until(lambda: "sqlalchemy" in (Path(f"/proc/{process.pid}/maps").read_text()))
    process.terminate()
    assert process.wait(20) == 0


def test_a_store_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    """Exit 2 and one line."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "serve", "--store", "sqlite:////no/such/place/x.db"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "name another place with --store" in done.stderr
    assert "Traceback" not in done.stderr
