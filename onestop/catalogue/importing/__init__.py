"""Readers of the national portal's procedure records, as several crawls left them.

`files` walks folders and opens files, `formats` tells a record's format by its keys and hands it
to one of `labelled`, `crawled` and `structured`; the other modules parse one kind of text each.
None of the parsers raises on any text or guesses: what is not understood stays as text.
"""
