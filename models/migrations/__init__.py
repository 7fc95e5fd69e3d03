"""How the tables came to be: Alembic revisions, run by `models.store.migrate`."""
