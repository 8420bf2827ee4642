"""The commands `wardwright serve`, `worker`, `keys` and `audit` as click knows them. Light: it is always read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from api.group import command, debug_option, finite, main

P = ParamSpec("P")
T = TypeVar("T")

store_option = click.option(
    "--store", metavar="URL", help="sqlite:///FILE or postgresql://... [WARDWRIGHT_STORE, else wardwright.db here]."
)
file_option = click.Path(path_type=Path, dir_okay=False, exists=True)


models_option = click.option(
    "--models", type=click.Path(path_type=Path), default=Path("models"), show_default=True,
    help="The folder of stored forecasts, with one in it for each tenant where callers log in.",
)  # fmt: skip


def bounds_options(command: Callable[P, T]) -> Callable[P, T]:
    """What one solve may use: --longest and --memory-gib."""
    memory = click.option(
        "--memory-gib", type=click.FloatRange(0.25), callback=finite, help="Memory of a solve [no limit]."
    )
    longest = click.option(
        "--longest", type=click.FloatRange(1, 86_400), default=3600.0, show_default=True, callback=finite,
        help="Seconds that one solve may take, whatever its scenario asks for.",
    )  # fmt: skip
    return longest(memory(command))


def _end_well_when_told() -> None:
    """SIGTERM before anything runs is a good end too: exit 0. What runs later heeds it in its own way."""
    import signal
    import sys

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@store_option
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help="Worker processes to start.")
@bounds_options
@models_option
@click.option("--tls-cert", "certificate", type=file_option, help="Certificate, for addresses beyond this machine.")
@click.option("--tls-key", "key", type=file_option, help="Its key.")
@click.option("--behind-proxy", is_flag=True, help="A proxy does TLS and says who asks.")
@click.option("--webhook-host", "hook_hosts", multiple=True, metavar="HOST", help="May be told of events. May repeat.")
@click.option("--oidc-issuer", metavar="URL", help="Take tokens of this identity provider beside keys.")
@click.option("--oidc-audience", default="wardwright", show_default=True, help="For whom tokens must be meant.")
@click.option("--oidc-tenant-claim", default="tenant", show_default=True, help="The claim that names the tenant.")
@click.option("--oidc-role-claim", default="role", show_default=True, help="The claim that names the role, or roles.")
@click.option(
    "--keep-days", type=click.FloatRange(0, min_open=True), help="Forget what is older, published plans aside."
)
@click.option("--login", is_flag=True, help="Ask for keys on this machine too.")
def serve(**given: object) -> None:
    """Answer over HTTP, and work: jobs are kept in a store and survive whatever happens to this process.

    Without --login nobody on this machine has to log in; from beyond it everybody needs a key (wardwright keys).
    """
    _end_well_when_told()
    from api.serve_command import Serving
    from api.serve_command import serve as run

    run(Serving(**given))  # type: ignore[arg-type]


@command("worker")
@store_option
@bounds_options
@models_option
def worker(store: str | None, longest: float, memory_gib: float | None, models: Path) -> None:
    """Do the jobs of a store, one at a time; run as many of these as there is work, on as many machines."""
    _end_well_when_told()
    from api.serve_command import work

    work(store, longest, memory_gib, models)


@main.group("keys")
@debug_option
def keys() -> None:
    """Make, list and revoke the keys by which callers log in."""


@keys.command("create")
@debug_option
@click.argument("name")
@click.option("--tenant", required=True, help="Whose data it opens: north-trust.")
@click.option("--role", default="planner", show_default=True, help="planner, publisher or admin.")
@click.option("--scope", "scopes", multiple=True, help="Only this of what the role may: read, plan, publish, admin.")
@click.option("--days", type=click.FloatRange(0, 3650, min_open=True), default=365.0, show_default=True)
@store_option
def create(
    name: str, tenant: str, role: str, scopes: tuple[str, ...], days: float, store: str | None
) -> None:  # fmt: skip
    """Make a key called NAME and show it, this once."""
    from api.serve_command import make_key
    from api.service.keys import Wanted

    click.echo(make_key(store, Wanted(tenant, name, role, scopes, days)), nl=False)


@keys.command("list")
@debug_option
@click.option("--tenant", help="Only those of this tenant.")
@store_option
def listed(tenant: str | None, store: str | None) -> None:
    """List keys: whose, which role, until when. The keys themselves are kept nowhere."""
    from api.serve_command import list_keys

    click.echo(list_keys(store, tenant), nl=False)


@keys.command("revoke")
@debug_option
@click.argument("key_id", metavar="ID")
@store_option
def revoke(key_id: str, store: str | None) -> None:
    """End a key at once."""
    from api.serve_command import revoke_key

    click.echo(revoke_key(store, key_id), nl=False)


@command("purge")
@click.option(
    "--older-than", "days", type=click.FloatRange(0), required=True, metavar="DAYS", help="What ended so long ago goes."
)
@store_option
def purge(days: float, store: str | None) -> None:
    """Forget old plans and forecasts with all that belongs to them; published plans and the audit stay."""
    from api.serve_command import purge_store

    click.echo(purge_store(store, days), nl=False)


@command("encrypt")
@click.option("--new-key", is_flag=True, help="Print a new key, and do nothing else.")
@store_option
def encrypt(new_key: bool, store: str | None) -> None:
    """Encrypt a store's scenarios, plans and messages under the key in WARDWRIGHT_STORE_KEY.

    Of several keys, parted by commas, the first encrypts and all decrypt: name the new one first, run this, then drop
    the old one. Services started with the key encrypt what is new by themselves; this does what was there before.
    """
    from api.serve_command import encrypt_store

    click.echo(encrypt_store(store, new_key=new_key), nl=False)


@main.group("audit")
@debug_option
def audit() -> None:
    """Look after the audit: who published, cancelled, exported, erased, made keys."""


@audit.command("verify")
@debug_option
@click.option("--last", metavar="SEAL", help="A seal shown earlier: it must still be there.")
@store_option
@click.pass_context
def verify(context: click.Context, last: str | None, store: str | None) -> None:
    """Recount the audit's chain of seals: exit 0 where nothing was changed, 2 where something was."""
    from api.outcomes import INVALID
    from api.serve_command import verify_audit

    chain = verify_audit(store, last)
    for fault in chain.broken:
        click.echo(fault, err=True)
    click.echo(f"{chain.rows} rows, {'BROKEN' if chain.broken else 'unbroken'}; the last seal is {chain.last}")
    context.exit(INVALID if chain.broken else 0)
