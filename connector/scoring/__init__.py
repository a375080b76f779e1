"""The engine: from contacts and events to scores, stages, grades and the reasons for them."""
