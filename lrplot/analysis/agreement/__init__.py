"""Agreement of a log with a plan: the convention of the log, and the causes of differences."""
