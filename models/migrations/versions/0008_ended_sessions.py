"""Sessions that have ended, where every process of the site looks them up.

Revision: 0008, after 0007.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LONGEST = timedelta(hours=12)


def upgrade() -> None:
    """The sessions that ended of late are taken over from the audit trail, where they stood before."""
    table = op.create_table(
        "ended_session",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    event = sa.table(
        "event",
        sa.column("what", sa.String),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("detail", sa.JSON),
    )
    now = datetime.now(UTC)
    rows = op.get_bind().execute(
        sa.select(event.c.detail).where(event.c.what == "logout", event.c.at >= now - LONGEST)
    )
    keys = {str(detail.get("key", "")) for (detail,) in rows} - {""}
    if keys:
        op.bulk_insert(table, [{"key": key, "at": now} for key in sorted(keys)])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("ended_session")
