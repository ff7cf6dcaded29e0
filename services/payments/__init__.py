"""Payments as people look for them: filters, search, keyset pages, live totals."""
