"""What can be said about a schedule before training. One file a topic, each with its assumption and source."""
