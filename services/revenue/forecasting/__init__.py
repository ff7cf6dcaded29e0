"""What the coming days will bring: a blend of simple models, chosen by its own back-test, with bands that keep their promise.

`forecast.py` is the door; `members.py` says what is blended and `bands.py` how sure it is. Pure functions: no database, no clock.
"""
