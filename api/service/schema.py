"""The store's tables. Times are seconds since 1970 (UTC); a change here needs a migration beside it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from api.service.encrypting import EncryptedBytes, EncryptedText

METADATA: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
)

_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")
_OF_JOB: Final = "jobs.id"

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("tenant", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("request", EncryptedBytes, nullable=False),
    Column("scenario", EncryptedText(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("variant", EncryptedText),
    Column("parent", String(40)),
    Column("made_by", String(200), nullable=False),
    Column("made_at", Double, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    Column("cancel", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(100)),
    Column("lease_until", Double),
    Column("step", String(40)),
    Column("incumbent", Double),
    Column("bound", Double),
    Column("gap", Double),
    Column("outcome", String(20)),
    Column("problem", EncryptedText),
    Column("published_at", Double),
    Column("published_by", String(200)),
    Index(None, "tenant", "kind", "number"),
    Index(None, "tenant", "state"),
    Index(None, "state", "number"),
)
"""Work to do and done. `request` is compressed JSON; `version` rises with every change that an ETag must show."""

FILES: Final = Table(
    "files",
    METADATA,
    Column("job", String(40), ForeignKey(_OF_JOB, ondelete="CASCADE"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("data", EncryptedBytes, nullable=False),
)
"""What a job made: the files of a plan folder, compressed."""

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("job", String(40), ForeignKey(_OF_JOB, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(20), nullable=False),
    Column("data", EncryptedText, nullable=False),
    Column("at", Double, nullable=False),
)
"""What happened to a job, counted from 1."""

IDEMPOTENCY: Final = Table(
    "idempotency",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("job", String(40), nullable=False, index=True),
    Column("made_at", Double, nullable=False),
)
"""Which job a client's key stands for; it outlives the job, so that a late retry makes nothing anew."""

KEYS: Final = Table(
    "keys",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("made_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
)
"""API keys; the secret itself is nowhere."""

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", String(40), nullable=False),
    Column("target", String(200), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
"""Who did what, each row sealed by a hash over itself and the row before."""

HOOKS: Final = Table(
    "hooks",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(64), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("secret", EncryptedText(100), nullable=False),
    Column("made_at", Double, nullable=False),
)
"""Where a tenant wants to be told what happens; `secret` signs, so it must be kept as it is."""

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("hook", String(40), ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("body", EncryptedText, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Double, index=True),
    Column("status", String(100)),
)
"""What is to be told, written with what it tells of; `due_at` is empty once it was told or given up."""

SEALS: Final = Table(
    "seals",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("secret", EncryptedText(100), nullable=False),
    Column("made_at", Double, nullable=False),
)
"""Secrets of the service's own, by what they sign: sessions and share links outlive a restart."""

ENCRYPTED: Final = (JOBS, FILES, EVENTS, HOOKS, DELIVERIES, SEALS)
"""Tables with columns that are encrypted where there is a key."""
