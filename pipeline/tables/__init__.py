"""Pages of older books as ruled tables: several cases on one page or over two facing ones."""

from __future__ import annotations

from pipeline.tables.opening import Opening, find_opening, is_known_table, is_surely_table
from pipeline.tables.reading import read_opening

__all__ = ["Opening", "find_opening", "is_known_table", "is_surely_table", "read_opening"]
