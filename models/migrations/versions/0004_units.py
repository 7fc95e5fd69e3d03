"""Units and teams; books, accounts and tasks belong to a unit; accounts have a shift.

Books that are there get the unit of their office: a commune beneath the station's top, made here.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TOP = "Toàn trạm"  # an administrator gives it the name of the province or district


def upgrade() -> None:
    """Make the tables and columns, and give every book and task its unit."""
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_unit_parent_id_name")),
    )
    op.create_index(op.f("ix_unit_path"), "unit", ["path"])
    top = sa.text("parent_id IS NULL")
    op.create_index("uq_unit_top", "unit", ["level"], unique=True, sqlite_where=top, postgresql_where=top)
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("unit_id", "name", name=op.f("uq_team_unit_id_name")),
    )
    # In words that both databases know, and not by copying the tables: others refer to their rows.
    for table, column, of in (
        ("book", "unit_id", "unit"),
        ("task", "unit_id", "unit"),
        ("account", "unit_id", "unit"),
        ("account", "team_id", "team"),
    ):
        name = op.f(f"fk_{table}_{column}")
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {of} (id)")
    op.add_column("account", sa.Column("shift", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("leads_team", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill()
    op.create_index(op.f("ix_book_unit_id"), "book", ["unit_id"])
    op.create_index(op.f("ix_account_unit_id"), "account", ["unit_id"])
    op.create_index(op.f("ix_account_team_id"), "account", ["team_id"])
    op.create_index("ix_task_unit", "task", ["unit_id", "state", sa.desc("priority"), "id"])


def _fill() -> None:
    connection = op.get_bind()
    offices = connection.scalars(sa.text("SELECT DISTINCT office FROM book ORDER BY office")).all()
    if not offices:
        return
    unit = sa.table("unit", *(sa.column(name) for name in ("id", "name", "level", "parent_id", "path")))
    book = sa.table("book", sa.column("office"), sa.column("unit_id"))

    def add(name: str, level: str, parent: int | None, above: str) -> tuple[int, str]:
        values = {"name": name, "level": level, "parent_id": parent, "path": ""}
        made: int = connection.scalars(sa.insert(unit).values(values).returning(unit.c.id)).one()
        path = f"{above}{made}/"
        connection.execute(sa.update(unit).where(unit.c.id == made).values(path=path))
        return made, path

    top, path = add(TOP, "province", None, "/")
    for office in offices:
        made, _ = add(office, "commune", top, path)
        connection.execute(sa.update(book).where(book.c.office == office).values(unit_id=made))
    connection.execute(
        sa.text("UPDATE task SET unit_id = (SELECT unit_id FROM book WHERE book.id = task.book_id)")
    )


def downgrade() -> None:
    """Taking the tables away would take records away."""
    raise RuntimeError("this revision is not taken back; restore a backup instead")
