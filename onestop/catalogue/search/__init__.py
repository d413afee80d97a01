"""Search over procedures in citizens' words.

words     syllables, accented and folded
lexicon   everyday words, situations, stop words: data/search/*.yml
spelling  typing errors
reading   a text → weighted terms
evidence  how well names, situations and body texts fit, on top of postings
index     SearchIndex: the procedures that a message can mean, best first
names     messages that are a name, procedures that share one
ages      how old somebody is, against names that are for some ages
topics    messages that only name a topic; topics to offer
judgement how sure; questions: what tells look-alikes apart; narrow: who asks, where, which level
live      CatalogueSearch: the index of the running service
"""

from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.live import CatalogueSearch
from onestop.catalogue.search.narrow import Narrow
from onestop.schemas import Candidate, SearchResult

__all__ = ["Candidate", "CatalogueSearch", "Narrow", "SearchIndex", "SearchResult"]
