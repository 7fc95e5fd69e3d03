"""What is kept: tables, migrations, the ledger of pages, the review queue, the registry and its exports."""
