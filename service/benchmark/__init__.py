"""Measure the service on the user's own notes and machine; each suite of measurements is a module in `suites/`."""
