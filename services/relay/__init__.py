"""Live events over websockets: what the projector has numbered, the relay sends to everybody who may hear it.

A listener needs nothing but `(epoch, seq)` per fleet. The relay keeps the newest events of each fleet in memory, one encoded text
an event; a frame is those texts joined, compressed by itself, made once and handed to every listener. The longer it takes to tell
everybody, the longer the relay waits before it looks again, and the more goes into one frame: a handful hear at once, a thousand
within some fifty milliseconds. A listener that was away is brought from its position to the present from memory or from
`finance.payment_event`, or is told to reload; it never meets a hole. A relay owns no state that matters: it can be ended at any
moment and run many times side by side.
"""
