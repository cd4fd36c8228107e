"""Days put together and written into landing folders.

`generate` is the way in; `back_office` turns a day of the world into files.
"""
