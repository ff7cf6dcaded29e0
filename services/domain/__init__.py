"""What finance talks about: money, days, phones, receipts, payments, errors. Standard library only."""
