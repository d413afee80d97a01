"""Search over procedures in citizens' words.

words     syllables, accented and folded
lexicon   everyday words, situations, stop words, wordings: data/search/
spelling  typing errors
reading   a text → weighted terms
facts     what a record tells before anyone asks: plain name, sayings, long text
translation what citizens say for the words of names, learnt from the wordings
rows      where each procedure's rows lie
evidence  how well names, situations and body texts fit, on top of postings
features  Features: what the ranking of procedures adds up
index     SearchIndex: the procedures that a message can mean, best first
names     messages that are a name, procedures that share one
levels    procedures that differ in their level of government alone
several   messages that want several things
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
