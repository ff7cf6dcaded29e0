-- The booking system owns these tables; the workstation reads them and creates them only where they are absent (demo, tests).
-- Text columns are the booking system's free choice: an unknown status or method is shown as it is and counted as "other".

CREATE TABLE IF NOT EXISTS public.fleets (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code        text NOT NULL UNIQUE,                 -- short name used on the command line, e.g. 'MSAFIRI'
    name        text NOT NULL,
    timezone    text NOT NULL DEFAULT 'Africa/Nairobi',
    currency    text NOT NULL DEFAULT 'KES',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS public.routes (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fleet_id    uuid NOT NULL REFERENCES public.fleets(id),
    name        text NOT NULL,                        -- 'Nairobi – Nakuru'
    origin      text, destination text
);
CREATE TABLE IF NOT EXISTS public.vehicles (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fleet_id     uuid NOT NULL REFERENCES public.fleets(id),
    registration text NOT NULL,                       -- number plate, 'KDA 123A'
    capacity     integer
);
CREATE TABLE IF NOT EXISTS public.drivers (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fleet_id    uuid NOT NULL REFERENCES public.fleets(id),
    full_name   text NOT NULL,
    phone       text
);
CREATE TABLE IF NOT EXISTS public.shortcodes (                      -- M-Pesa numbers that collect for a fleet
    shortcode   text PRIMARY KEY,
    fleet_id    uuid NOT NULL REFERENCES public.fleets(id),
    kind        text NOT NULL,                        -- 'paybill' | 'till'
    vehicle_id  uuid REFERENCES public.vehicles(id)   -- a till may belong to one vehicle; a shared one has none
);
CREATE TABLE IF NOT EXISTS public.user_profiles (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    full_name   text NOT NULL,
    email       text, phone text
);
CREATE TABLE IF NOT EXISTS public.bookings (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fleet_id        uuid NOT NULL REFERENCES public.fleets(id),
    reference       text NOT NULL,                    -- what the passenger types as account number, 'BKG1043'
    route_id        uuid REFERENCES public.routes(id),
    vehicle_id      uuid REFERENCES public.vehicles(id),
    driver_id       uuid REFERENCES public.drivers(id),
    passenger_name  text, passenger_phone text,       -- any spelling: 0712…, 0110…, +254 712 …, 254712…, 254110…
    fare            numeric(12,2) NOT NULL,
    status          text NOT NULL,
    travel_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS public.payment_transactions (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    booking_id          uuid NOT NULL REFERENCES public.bookings(id),  -- no index is promised here
    amount              numeric(12,2) NOT NULL,
    currency            text NOT NULL DEFAULT 'KES',
    payment_method      text NOT NULL,                -- 'mpesa', 'airtel_money', 'card', 'bank', 'cash', …
    status              text NOT NULL,                -- 'pending', 'completed', 'failed', 'refunded', 'partially_refunded', …
    transaction_id      text,                         -- the provider's id; for M-Pesa the receipt, absent when the callback was lost
    checkout_request_id text,                         -- M-Pesa STK push
    shortcode           text,                         -- the paybill or till that was asked to collect; null where not known
    phone_number        text,                         -- who paid, any spelling
    result_code         text, failure_reason text,    -- Daraja result code and its text
    refunded_amount     numeric(12,2) NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL DEFAULT now(),
    completed_at        timestamptz,
    refunded_at         timestamptz,                  -- when refunded_amount last changed
    updated_at          timestamptz NOT NULL DEFAULT now()
);
