"""Closing a period and opening it again, and the workbook of its figures.

What a closed period must keep is a control in `quality/controls`.
"""
