"""What is served to browsers, and the door in front of it.

Every server binds to loopback by default and asks for the token.
"""
