"""How the fleet stands, over payments (and, later, revenue): the one place that answers other programs."""
