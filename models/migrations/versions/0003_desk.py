"""Seconds and keys of each decision; each person's abbreviations.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "effort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("action", WORD, nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_effort_decision_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_effort_user_id")),
        sa.ForeignKeyConstraint(["case_id"], ["register_case.id"], name=op.f("fk_effort_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effort")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_effort_decision_id")),
    )
    op.create_index("ix_effort_user_id_at", "effort", ["user_id", "at"])
    op.create_table(
        "shorthand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("short", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_shorthand_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shorthand")),
        sa.UniqueConstraint("user_id", "short", name=op.f("uq_shorthand_user_id_short")),
    )


def downgrade() -> None:
    """Take the two tables away: what they hold is no record of a register."""
    op.drop_table("shorthand")
    op.drop_table("effort")
