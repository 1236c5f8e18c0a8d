"""The desk: what an assistant has at hand for every user without a network.

calculator.py  arithmetic as people write it, in exact decimals
units.py       conversion of units
clock.py       the day and time where the user is, or anywhere else
"""
