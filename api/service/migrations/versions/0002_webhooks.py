"""Webhooks: where a tenant wants to be told what happens, and what is to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hooks",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("hook", sa.String(40), sa.ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Double()),
        sa.Column("status", sa.String(100)),
        sa.UniqueConstraint("id", name="uq_deliveries_id"),
    )
    op.create_index("ix_hooks_tenant", "hooks", ["tenant"])
    op.create_index("ix_deliveries_hook", "deliveries", ["hook"])
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
