"""The hash-chained trail of what people change: reading it, proving it, anchoring it outside the database."""
