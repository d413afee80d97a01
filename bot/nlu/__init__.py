"""Understanding Vietnamese: pure text functions (`bot.nlu.text`) and Rasa graph components.

The package itself imports no Rasa, so that search and the one-stop service can use `bot.nlu.text`.
"""
