"""Bring the outputs that notes state up to date with what their examples print, each in the form that it has."""
