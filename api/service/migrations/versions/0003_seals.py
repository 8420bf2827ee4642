"""Seals: what the service signs its own sessions and share links with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "seals",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
    )
