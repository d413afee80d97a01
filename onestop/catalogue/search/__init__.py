"""Search over procedures in citizens' words."""

from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.result import Candidate, SearchResult

__all__ = ["Candidate", "SearchIndex", "SearchResult"]
