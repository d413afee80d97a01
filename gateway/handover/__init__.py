"""A person when needed: the assistant is silent, the conversation waits for staff, who answer in it.

a reply of the assistant asks for a person → `turns.close` opens a hand-over with the turn's end
→ what the citizen writes is kept for staff, before Rasa (`guard`)
→ staff take, answer, propose, close (`service`, over `http`)
→ the assistant is back: closed, at the citizen's word, or when nobody answers (`keeper`)
"""
