"""Room for what is encrypted, which is longer: PostgreSQL holds columns to their length, SQLite does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let texts that may be encrypted be as long as they are."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column, length in (("jobs", "scenario", 200), ("hooks", "secret", 100), ("seals", "secret", 100)):
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(length), existing_nullable=False)
