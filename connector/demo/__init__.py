"""A company to look at: simulated platforms with a year behind them, and the daemon at work."""
