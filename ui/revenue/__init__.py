"""What the fleet earns: figures, charts, breakdowns and what is expected; every figure leads to its payments."""
