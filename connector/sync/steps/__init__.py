"""What cycles and the turns of a daemon are made of: read, score, write, for one platform each."""
