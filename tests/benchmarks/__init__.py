"""How fast and how lean the project is beside other engines: `python -m tests.benchmarks`. Nothing here is a test."""
