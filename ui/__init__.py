"""What you see: one folder a page, named like the service it shows."""
