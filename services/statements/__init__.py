"""M-Pesa organisation statements: read from files, proved by their own controls, written for demo and tests."""
