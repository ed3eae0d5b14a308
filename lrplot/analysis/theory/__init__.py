"""Statements about a schedule before training: one file a topic, each with its assumption and source."""
