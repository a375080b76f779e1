"""The parts of the contract that read."""
