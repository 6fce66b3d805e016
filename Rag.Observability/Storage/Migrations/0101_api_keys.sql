-- Keys of callers. The secret itself is nowhere: it is random and long, so that its SHA-256 gives nothing away.

create table observability.api_keys (
    id                  text        primary key,
    name                text        not null,
    role                text        not null check (role in ('reader', 'writer', 'admin')),
    hash                bytea       not null,
    requests_per_minute integer     check (requests_per_minute > 0),
    created_at          timestamptz not null,
    created_by          text        not null,
    expires_at          timestamptz,
    rotated_at          timestamptz,
    -- The hash before the last rotation, and until when it still opens the door.
    former_hash         bytea,
    former_until        timestamptz,
    revoked_at          timestamptz,
    last_used_at        timestamptz
);
