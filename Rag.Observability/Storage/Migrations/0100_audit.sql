-- What was done by whom, for ever. Each row's hash covers the row and the hash of the one before it: nothing can be changed or removed without breaking the chain.

create table observability.audit_events (
    sequence      bigint      primary key,
    id            uuid        not null unique,
    occurred_at   timestamptz not null,
    -- The event as it was hashed, byte for byte.
    content       text        not null,
    previous_hash bytea       not null,
    hash          bytea       not null,
    -- For queries. Generated, so that none of them can say anything else than what was hashed.
    kind          text        generated always as ((content::jsonb) ->> 'kind') stored,
    actor         text        generated always as ((content::jsonb) ->> 'actor') stored,
    resource      text        generated always as ((content::jsonb) ->> 'resource') stored,
    action        text        generated always as ((content::jsonb) ->> 'action') stored,
    address       text        generated always as ((content::jsonb) ->> 'address') stored,
    request_id    text        generated always as ((content::jsonb) ->> 'request_id') stored
);
create index audit_events_kind on observability.audit_events (kind, sequence desc);
create index audit_events_actor on observability.audit_events (actor, sequence desc);
create index audit_events_request on observability.audit_events (request_id) where request_id is not null;

-- The end of the chain. Locked by whoever appends, so that all services build one chain; and what shows that rows are missing at the end.
create table observability.audit_head (
    only_row boolean primary key default true check (only_row),
    sequence bigint  not null,
    hash     bytea   not null
);
insert into observability.audit_head (sequence, hash) values (0, decode(repeat('00', 32), 'hex'));

create function observability.refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'The audit trail is append-only.' using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_events_append_only before update or delete or truncate on observability.audit_events
    for each statement execute function observability.refuse_audit_change();
