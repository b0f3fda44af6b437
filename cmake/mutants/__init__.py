"""Plants small faults in a copy of the source, all of them in one build, and counts which of them the tests notice."""
