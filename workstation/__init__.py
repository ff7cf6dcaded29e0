"""What you start: one module per process; wiring only."""
