"""What reconciling came to: match rate, roll-forward, accuracy, what other rules would do.

Each module makes one report.
"""
