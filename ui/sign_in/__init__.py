"""Signing in: which server, as whom."""
