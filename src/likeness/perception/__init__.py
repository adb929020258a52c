"""What sees: one file per backend, each loaded on first use, once per process."""
