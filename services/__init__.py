"""What works without a screen."""
