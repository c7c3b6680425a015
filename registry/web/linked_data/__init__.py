"""Persistent addresses and the documents behind them, by content negotiation."""

from __future__ import annotations

from registry.web.linked_data.blueprint import linked_data_blueprint

__all__ = ["linked_data_blueprint"]
