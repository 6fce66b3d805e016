-- Errors by group. Written by every service, read and settled by the monitor.

create table observability.error_groups (
    id                      uuid        primary key,
    -- Version of the grouping algorithm and hash. Another version makes new groups and leaves these alone.
    fingerprint             text        not null unique,
    reason                  text        not null,
    title                   text        not null,
    type                    text        not null,
    code                    text,
    category                text        not null,
    severity                smallint    not null,
    services                text[]      not null default '{}',
    first_seen              timestamptz not null,
    last_seen               timestamptz not null,
    first_version           text        not null,
    last_version            text        not null,
    count                   bigint      not null default 0,
    -- What people decided. New, ongoing, escalating and regressed follow from the times below.
    status                  text        not null default 'open' check (status in ('open', 'resolved', 'ignored')),
    status_changed_at       timestamptz,
    resolved_in_version     text,
    ignored_until           timestamptz,
    ignored_until_count     bigint,
    ignored_until_escalates boolean     not null default false,
    regressed_at            timestamptz,
    escalating_since        timestamptz
);
create index error_groups_by_time on observability.error_groups (last_seen desc, id);

create table observability.error_hours (
    group_id uuid        not null references observability.error_groups on delete cascade,
    hour     timestamptz not null,
    count    bigint      not null,
    primary key (group_id, hour)
);
create index error_hours_by_time on observability.error_hours (hour);

-- Users and routes that a group affects; capped per group when written.
create table observability.error_affected (
    group_id  uuid        not null references observability.error_groups on delete cascade,
    kind      text        not null check (kind in ('user', 'route')),
    value     text        not null,
    count     bigint      not null,
    last_seen timestamptz not null,
    primary key (group_id, kind, value)
);

-- Sample events, the newest of each group.
create table observability.error_events (
    id          text        primary key,
    group_id    uuid        not null references observability.error_groups on delete cascade,
    occurred_at timestamptz not null,
    message     text        not null,
    stack       text        not null,
    source      text        not null,
    route       text        not null,
    request_id  text,
    trace_id    text,
    user_name   text,
    service     text        not null,
    version     text        not null,
    environment text        not null
);
create index error_events_by_group on observability.error_events (group_id, occurred_at desc);

-- Requests that failed, so that their ids find the group also where the event was only counted.
create table observability.error_requests (
    request_id text        not null,
    group_id   uuid        not null references observability.error_groups on delete cascade,
    seen_at    timestamptz not null,
    primary key (request_id, group_id)
);
create index error_requests_by_group on observability.error_requests (group_id);
create index error_requests_by_time on observability.error_requests (seen_at);

-- First halves of the error ids that were given out, so that an id finds its group also when its event was only counted.
create table observability.error_keys (
    key       bigint      not null,
    group_id  uuid        not null references observability.error_groups on delete cascade,
    last_seen timestamptz not null,
    primary key (key, group_id)
);
create index error_keys_by_group on observability.error_keys (group_id);

-- Batches that were stored: the disk spool may deliver one twice.
create table observability.error_batches (
    id          uuid        primary key,
    received_at timestamptz not null default now()
);
create index error_batches_by_time on observability.error_batches (received_at);
