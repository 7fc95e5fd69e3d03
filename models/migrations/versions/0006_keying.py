"""Whole cases in hand, readings that differ, and how many checks a case has passed.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("register_case", sa.Column("checks", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "case_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["register_case.id"], name=op.f("fk_case_hold_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_case_hold_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hold")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_hold_case_id")),
    )
    op.create_index("ix_case_hold_user_id", "case_hold", ["user_id"])
    op.create_table(
        "difference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("field_version", sa.Integer(), nullable=False),
        sa.Column("first_text", sa.Text(), nullable=False),
        sa.Column("first_state", WORD, nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=True),
        sa.Column("other_action", WORD, nullable=False),
        sa.Column("other_text", sa.Text(), nullable=False),
        sa.Column("other_by", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("took", sa.String(length=16), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_difference_field_id")),
        sa.ForeignKeyConstraint(["case_id"], ["register_case.id"], name=op.f("fk_difference_case_id")),
        sa.ForeignKeyConstraint(["first_by"], ["account.id"], name=op.f("fk_difference_first_by")),
        sa.ForeignKeyConstraint(["other_by"], ["account.id"], name=op.f("fk_difference_other_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_difference_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
    )
    op.create_index("ix_difference_field_id", "difference", ["field_id", "settled_at"])
    op.create_index("ix_difference_case_id", "difference", ["case_id"])


def downgrade() -> None:
    """Take them away; what was decided stays in the record of decisions."""
    op.drop_table("difference")
    op.drop_table("case_hold")
    op.drop_column("register_case", "checks")
