"""How a payment travels: capture → project → publish.

Capture. Statement-level triggers on the booking system's tables copy what changed into `finance.payment_change`, the inbox.
They look nothing up, take no lock beyond their own rows and step aside when the inbox is gone.

Project. One leader drains the inbox by DELETE … RETURNING, one REPEATABLE READ transaction a batch. A queue has no cursor, so a
change that commits late is simply found later: out-of-order commits are never jumped over and a long foreign transaction
delays nobody but itself. A batch takes *all* visible notes of every payment it touches; the transaction's snapshot then shows
the booking system's row exactly as its last note left it, so the read model, the roll-ups' differences and the last event of
each payment agree to the cent by construction.

Publish. Events are numbered per fleet, gap-free, under the lock of the fleet's row in `finance.feed`; a number that can be read
has every number before it. A reader therefore needs nothing but `(epoch, seq)` to resume.
"""
