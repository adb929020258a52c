"""Speed, memory and quality, each one command that prints one table: ``python -m benchmarks NAME``."""
