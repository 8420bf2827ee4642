"""The first tables: jobs with what belongs to them, keys, the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIMES = ("started_at", "ended_at", "lease_until", "incumbent", "bound", "gap", "published_at")


def upgrade() -> None:
    """Make the tables."""
    _jobs()
    _of_jobs()
    _idempotency()
    _keys()
    _audit()


def _jobs() -> None:
    given = ("id", 40), ("tenant", 64), ("kind", 20), ("state", 12), ("scenario", 200), ("sha256", 64), ("made_by", 200)
    later = ("parent", 40), ("worker", 100), ("step", 40), ("outcome", 20), ("published_by", 200)
    op.create_table(
        "jobs",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in given),
        *(sa.Column(name, sa.String(size)) for name, size in later),
        *(sa.Column(name, sa.Double()) for name in TIMES),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("variant", sa.Text()),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
    )
    op.create_index("ix_jobs_tenant_kind_number", "jobs", ["tenant", "kind", "number"])
    op.create_index("ix_jobs_tenant_state", "jobs", ["tenant", "state"])
    op.create_index("ix_jobs_state_number", "jobs", ["state", "number"])


def _of_jobs() -> None:
    op.create_table(
        "files",
        sa.Column("job", sa.String(40), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("job", sa.String(40), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("key_sha256", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("job", sa.String(40), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
    )
    op.create_index("ix_idempotency_job", "idempotency", ["job"])


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double()),
        sa.Column("revoked_at", sa.Double()),
        sa.UniqueConstraint("secret_sha256", name="uq_keys_secret_sha256"),
    )


def _audit() -> None:
    texts = ("before", "after")
    sizes = ("at", 32), ("tenant", 64), ("who", 200), ("what", 40), ("target", 200), ("previous", 64), ("digest", 64)
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in sizes),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
    )
