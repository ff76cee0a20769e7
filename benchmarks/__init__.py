"""What was promised, measured. `make bench` prints one table; `python -m benchmarks extraction` one part."""
