"""Brings a database to this program's schema, or says why it cannot."""
