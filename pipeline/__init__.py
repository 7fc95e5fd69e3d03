"""Reading a page: pure functions over images and text; no database, no Prefect, no web, no global state."""
