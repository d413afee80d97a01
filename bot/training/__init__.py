"""From approved corrections to a model in use: `python -m bot.training propose`.

corrections  what reviewers corrected and a second person approved, from the one-stop service
examples     training examples as Rasa keeps them
learnt       the files that corrections are written to: data/nlu/learnt.yml, data/search/learnt.yml
gate         what must not get worse: critical intents and entities, cross-validated; the search's figures
models       training, putting to use in the running server, and back
"""
