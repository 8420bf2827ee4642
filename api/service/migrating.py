"""Bringing a store's tables up to date, one process at a time, by the migrations beside this file (Alembic)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LOCK: Final = 7_234_019
"""PostgreSQL's advisory lock that migrations take; the number means nothing."""


def migrate(engine: Engine) -> None:
    """Run every migration that the store has not had; at once where there is none."""
    config = configuration()
    with engine.connect() as connection:
        if _stands(connection, config):
            return
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's settings: where the migrations lie."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _stands(connection: Connection, config: Config) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(config).get_current_head()
