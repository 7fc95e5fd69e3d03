"""An index of the few tasks that somebody holds: the queue looks for them in every case that it offers.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HELD = sa.text("lease_owner IS NOT NULL")


def upgrade() -> None:
    """Without it PostgreSQL reads all tasks once for each field that it gives out."""
    op.create_index("ix_task_held", "task", ["case_id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_task_held", "task")
