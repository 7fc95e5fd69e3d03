"""Policies of fields, checks, failed books, parked cases; a field may have a task of each kind.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    """Make the tables, and let a field have several tasks of different kinds."""
    op.create_table(
        "field_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("asking", WORD, nullable=False),
        sa.Column("second_keying", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_field_policy_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_policy")),
    )
    op.create_index("ix_field_policy_key", "field_policy", ["key", "id"])
    op.create_table(
        "field_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("pool", sa.String(length=32), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_field_check_field_id")),
        sa.ForeignKeyConstraint(["case_id"], ["register_case.id"], name=op.f("fk_field_check_case_id")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_field_check_book_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_field_check_author_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_field_check_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_check")),
    )
    op.create_index(op.f("ix_field_check_field_id"), "field_check", ["field_id"])
    op.create_index("ix_field_check_book_id", "field_check", ["book_id", "kind", "pool"])
    op.create_index("ix_field_check_kind", "field_check", ["kind", "checked_at"])
    op.create_table(
        "book_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("pool", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_check_id", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_book_failure_book_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_book_failure_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_failure")),
    )
    op.create_index(op.f("ix_book_failure_book_id"), "book_failure", ["book_id"])
    op.create_table(
        "parking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("parked_by", sa.Integer(), nullable=False),
        sa.Column("parked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_how", WORD, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["register_case.id"], name=op.f("fk_parking_case_id")),
        sa.ForeignKeyConstraint(["parked_by"], ["account.id"], name=op.f("fk_parking_parked_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_parking_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking")),
    )
    op.create_index("ix_parking_case_id", "parking", ["case_id", "ended_at"])
    op.create_index("ix_parking_due", "parking", ["ended_at", "due"])
    # SQLite can only copy a table to change its constraints, and Alembic cannot read back a descending index.
    op.drop_index("ix_task_queue", table_name="task")
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("uq_task_field_id"), type_="unique")
        task.add_column(sa.Column("fresh_eyes", sa.Boolean(), nullable=False, server_default=sa.false()))
        task.create_unique_constraint(op.f("uq_task_field_id_kind"), ["field_id", "kind"])
    op.create_index("ix_task_queue", "task", ["state", sa.desc("priority"), "id"])
    protect("field_policy")


def downgrade() -> None:
    """Taking the tables away would take records away."""
    raise RuntimeError("this revision is not taken back; restore a backup instead")
