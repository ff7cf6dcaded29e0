"""An invented fleet: its history, its live traffic, and the M-Pesa statements that belong to them."""
