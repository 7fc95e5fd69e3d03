"""What is handed over: per book the Ministry's workbook, one PDF per case, and a manifest."""

from __future__ import annotations

from models.export.package import export_book

__all__ = ["export_book"]
