"""The reconciliation page: days, a day's totals, what is open, what matched, and the import of statements."""
