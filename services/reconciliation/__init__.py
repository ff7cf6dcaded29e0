"""Each day's payments against the M-Pesa statement: matched by evidence, explained by name, nothing used twice."""
