-- Breakdowns in one walk. Runs as finance_owner.

-- Here the members of an hour, day or month stand side by side, as a breakdown reads them; in the key, the days of one member do.
-- The condition is spelled so that it serves a breakdown alone, which says it in these words: whoever asks for one member would read
-- all of them. No sum is in it, so a total that changes stays where it is.
CREATE INDEX revenue_totals_by_start ON finance.revenue_totals (fleet_id, grain, start, dimension, member, currency)
    WHERE octet_length(dimension) > 0;
