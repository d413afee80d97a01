"""Booking of a counter time: days and slots within opening hours, a limit of places, a code, a reminder."""
