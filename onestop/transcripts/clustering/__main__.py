"""Reads messages as JSON, writes their groups."""

from __future__ import annotations

import json
import os
import sys

from onestop.catalogue.search import lexicon
from onestop.transcripts.clustering import Message
from onestop.transcripts.clustering.near import clusters

if __name__ == "__main__":
    os.nice(10)  # citizens wait for answers, nobody for this
    given = [Message(*one) for one in json.load(sys.stdin)]
    json.dump(clusters(given, lexicon.shipped()), sys.stdout)
