"""The close workbook: a period's figures in the form in which a controller takes them along.

One module reads the figures; the others lay them out as sheets of an XLSX file.
"""
