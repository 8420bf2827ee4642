"""The work behind `wardwright serve`, `worker`, `keys` and `audit`. Imported only when one of them runs."""

from __future__ import annotations

import ipaddress
import logging
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api import words
from api.errors import Refused
from api.service.audit import Chain, verify
from api.service.callers import ROLES, SCOPES
from api.service.keys import TENANT, Key, Wanted, create, listed, revoke
from api.service.purging import purge
from api.service.store import Store, open_store, store_url

if TYPE_CHECKING:
    from api.service.oidc import Tokens


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, from which store, with how many workers, and what makes it safe to be reached."""

    host: str
    port: int
    store: str | None
    workers: int
    models: Path
    certificate: Path | None
    key: Path | None
    behind_proxy: bool
    login: bool
    hook_hosts: tuple[str, ...]
    oidc_issuer: str | None
    oidc_audience: str
    oidc_tenant_claim: str
    oidc_role_claim: str
    keep_days: float | None
    longest: float
    memory_gib: float | None

    @property
    def reachable(self) -> bool:
        """Whether other machines can ask."""
        return self.behind_proxy or not is_loopback(self.host)

    @property
    def bounds(self) -> tuple[str, ...]:
        """What workers are told of how much one solve may use."""
        memory = () if self.memory_gib is None else ("--memory-gib", str(self.memory_gib))
        return ("--longest", str(self.longest), *memory)

    @property
    def asks_for_login(self) -> bool:
        """Whether everybody has to say who they are."""
        return self.reachable or self.login or self.oidc_issuer is not None


def serve(asked: Serving) -> None:
    """Serve until stopped. Raises Refused where it would not be safe, StoreFailed where there is no store."""
    refuse_unsafe(asked)
    from api.service.gate import Gate
    from api.service.house import House
    from api.service.serving import Address, Workers
    from api.service.serving import serve as run

    log()
    url = store_url(asked.store)
    store = open_store(url)
    gate = Gate(open=not asked.asks_for_login, store=store, tokens=_tokens(asked))
    house = House(gate, store, models=asked.models, hook_hosts=frozenset(asked.hook_hosts), keep_days=asked.keep_days)
    address = Address(asked.host, asked.port, _text(asked.certificate), _text(asked.key), asked.behind_proxy)
    run(house, address, Workers(asked.workers, url, (*asked.bounds, "--models", str(asked.models))))


def _tokens(asked: Serving) -> Tokens | None:
    if asked.oidc_issuer is None:
        return None
    from api.service.oidc import Provider, Tokens

    claims = asked.oidc_tenant_claim, asked.oidc_role_claim
    return Tokens(Provider(asked.oidc_issuer, asked.oidc_audience, *claims))


def refuse_unsafe(asked: Serving) -> None:
    """Raise Refused for an address beyond this machine without TLS, or half a certificate."""
    if (asked.certificate is None) != (asked.key is None):
        raise Refused("--tls-cert and --tls-key belong together: name both files")
    if asked.reachable and asked.certificate is None and not asked.behind_proxy:
        raise Refused(
            f"{asked.host} can be reached from other machines, who could read along: give --tls-cert and --tls-key, "
            "say --behind-proxy where a proxy does TLS, or use 127.0.0.1"
        )


def work(url: str | None, longest: float, memory_gib: float | None, models: Path) -> None:
    """Do jobs until told to stop. Raises StoreFailed where there is no store."""
    from api.service.serving import TIED
    from api.service.task import Bounds
    from api.service.worker import Worker

    log()
    store = open_store(store_url(url))
    worker = Worker(store, Bounds(longest, memory_gib), models)
    worker.heed_signals()
    if os.environ.get(TIED):
        threading.Thread(target=_end_with_input, args=(worker.stopping,), daemon=True).start()
    worker.run()
    store.close()


def _end_with_input(stopping: threading.Event) -> None:
    sys.stdin.buffer.read()
    stopping.set()


def log() -> None:
    """Log to standard error, ids and states only: no name, no figure of a scenario."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def make_key(url: str | None, wanted: Wanted) -> str:
    """Make a key; what to print. Raises Refused."""
    if not TENANT.fullmatch(wanted.tenant):
        raise Refused(f"{wanted.tenant}: a tenant is named in small letters, digits and hyphens, such as north-trust")
    if wanted.role not in ROLES:
        raise Refused(f"{wanted.role}: there are the roles {', '.join(ROLES)}")
    beyond = sorted(set(wanted.scopes) - ROLES[wanted.role])
    if beyond:
        known = ", ".join(sorted(SCOPES & ROLES[wanted.role]))
        raise Refused(f"{', '.join(beyond)}: not among the scopes of a {wanted.role}, which are {known}")
    with_store = _opened(url)
    key, secret = with_store.write(lambda connection: create(connection, wanted))
    with_store.close()
    return f"{key.id} for {key.tenant}, {key.role}; this is shown once and kept nowhere:\n{secret}\n"


def list_keys(url: str | None, tenant: str | None) -> str:
    """Every key, one a line."""
    store = _opened(url)
    keys = store.read(lambda connection: listed(connection, tenant))
    store.close()
    return "".join(f"{_key_line(key)}\n" for key in keys) or "No keys; wardwright keys create makes one\n"


def _key_line(key: Key) -> str:
    from api.service.showing import moment

    made, ends, gone = (moment(each) for each in (key.made_at, key.expires_at, key.revoked_at))
    state = f"revoked {gone:%Y-%m-%d}" if gone else f"until {ends:%Y-%m-%d}" if ends else "no end"
    return f"{key.id}  {key.tenant}  {key.role}  made {made:%Y-%m-%d}  {state}  {key.name}"


def revoke_key(url: str | None, key_id: str) -> str:
    """End a key; what to print. Raises NoSuch."""
    store = _opened(url)
    key = store.write(lambda connection: revoke(connection, key_id))
    store.close()
    return f"{key.id} of {key.tenant} is revoked; running services refuse it after a second at the latest\n"


def purge_store(url: str | None, days: float) -> str:
    """Forget what is older than so many days; what to print."""
    store = _opened(url)
    done = purge(store, days)
    store.close()
    left = "" if done.clean else "; a running service still reads: purge again to empty its log"
    return (
        f"{words.count(done.jobs, 'job')} and {done.others} keys and messages older than {days:g} days are gone{left}\n"
    )


def encrypt_store(url: str | None, *, new_key: bool) -> str:
    """Encrypt all that a store holds, or make a key for that; what to print. Raises Refused, StoreFailed."""
    from api.service.encrypting import new_key as made
    from api.service.reencrypting import encrypt

    if new_key:
        return f"{made()}\n"
    store = _opened(url)
    clean = encrypt(store)
    store.close()
    left = "" if clean else "; a running service still reads: run this again to empty its log"
    return f"the store is encrypted under the first key{left}\n"


def verify_audit(url: str | None, last: str | None) -> Chain:
    """Recount the audit. `last` is a seal written down earlier that must still be in it."""
    store = _opened(url)
    chain = store.read(lambda connection: verify(connection, last))
    store.close()
    return chain


def _opened(url: str | None) -> Store:
    return open_store(store_url(url))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
