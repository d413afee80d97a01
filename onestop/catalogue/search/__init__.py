"""Search over procedures in citizens' words.

words     syllables, accented and folded
lexicon   everyday words, situations, stop words: data/search/*.yml
spelling  typing errors
reading   a text → weighted terms
evidence  how well names, situations and body texts fit, on top of postings
index     SearchIndex: the procedures that a message can mean, best first
live      CatalogueSearch: the index of the running service
"""

from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.live import CatalogueSearch
from onestop.catalogue.search.result import Candidate, SearchResult

__all__ = ["Candidate", "CatalogueSearch", "SearchIndex", "SearchResult"]
