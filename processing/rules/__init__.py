"""Rules of processing, in plain Python: splitting spine labels, steps for each material, what may follow what."""
