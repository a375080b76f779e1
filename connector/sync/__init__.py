"""The use cases: pull, ingest, rescore, decide, push, and the cycle that is all of them."""
