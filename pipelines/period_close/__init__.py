"""The close workbook: a period's figures in the form in which a controller takes them along."""
