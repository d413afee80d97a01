"""The one-stop service's HTTP interface: one module a group of addresses."""
