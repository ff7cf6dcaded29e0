"""What the fleet earns: periods, comparisons, breakdowns, trend and forecast."""
