"""Measure search and answers against questions with known answers, through the very code that serves."""
