"""The parts of `sharded_worker.py`."""
