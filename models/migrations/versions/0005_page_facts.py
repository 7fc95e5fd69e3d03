"""What a cover or a closing note says of its book.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that pages read before leave empty."""
    op.add_column("page", sa.Column("book_facts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take the column away: its pages can be read again."""
    op.drop_column("page", "book_facts")
