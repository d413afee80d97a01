"""Search over procedures in citizens' words."""

from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.result import Candidate, SearchResult
from onestop.catalogue.search.service import CatalogueSearch

__all__ = ["Candidate", "CatalogueSearch", "SearchIndex", "SearchResult"]
