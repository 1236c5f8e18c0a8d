"""The desk: what an assistant has at hand for every user, without a network.

desk.py        all tools of the desk for one message
agenda.py      the calendar and the to-dos of the persona
notes.py       its notes
clock.py       the day and time where the user is, or anywhere else
calculator.py  arithmetic as people write it, in exact decimals
units.py       conversion of units
writing.py     one row through the gate, as one revision
naming.py      which row the user's own words mean
said.py        what of a row stands in the user's own words
"""
