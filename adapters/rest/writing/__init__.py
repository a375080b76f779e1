"""The parts of the contract that write."""
