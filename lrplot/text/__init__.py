"""Texts and bytes to located trees, whatever their syntax."""
