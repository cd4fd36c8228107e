"""How text and tables leave for a terminal or a spreadsheet without being obeyed there.

What they say is made where it is known; here it is only made safe and laid out.
"""
