-- Old events may go. What is left of them is the anchor: the last one's number and hash, from which the chain goes on, sealed by whoever can write the chain.

alter table observability.audit_head
    add column anchor_sequence bigint not null default 0,
    add column anchor_hash     bytea  not null default decode(repeat('00', 32), 'hex'),
    add column anchor_seal     bytea;

create or replace function observability.refuse_audit_change() returns trigger language plpgsql as $$
begin
    -- Retention says so, for its own transaction. Whoever says so as well has no seal for the anchor.
    if tg_op = 'DELETE' and current_setting('observability.audit_retention', true) = 'on' then
        return null;
    end if;
    raise exception 'The audit trail is append-only.' using errcode = 'insufficient_privilege';
end
$$;
