"""The places that contents can be kept in."""
