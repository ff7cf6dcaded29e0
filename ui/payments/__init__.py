"""The Payments page: every payment as it happens, and the figures that its rows add up to."""
