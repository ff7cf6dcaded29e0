"""What the coming days will bring: a blend of simple models, weighed by its own back-test, with bands that keep their promise.

`forecast.py` is the door and `result.py` what comes out of it; `members.py` says what is blended, `blend.py` how it is weighed,
`bands.py` how sure it is. `trend.py` and `trend_words.py` tell where revenue has been heading. Pure: no database, no clock.
"""
