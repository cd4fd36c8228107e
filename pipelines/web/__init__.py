"""What is served to browsers, and the door in front of it."""
