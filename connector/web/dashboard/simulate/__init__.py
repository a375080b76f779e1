"""The page on which a draft of the model is tried."""
