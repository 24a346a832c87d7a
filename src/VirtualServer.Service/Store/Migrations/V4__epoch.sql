-- The epochs of the registry: its incarnations. A restored or rewound database has lost commits that others have seen, and uses their
-- numbers again, so it begins a new epoch. The current one has the highest number; no row is ever changed.
create table registry.epoch (
    number integer constraint pkey_epoch_number primary key,
    id uuid not null constraint epoch_id_is_unique unique,
    since timestamptz not null,
    reason text not null,
    lineage text not null -- registry.lineage() at its beginning
);

-- What changes when a database is restored: a cluster made anew has another system identifier; recovery to a point in time, and the
-- promotion of a standby, begin another timeline; a copied database has another oid, and a dump creates the table under another one. Empty
-- where the server does not tell.
create function registry.lineage() returns text language plpgsql as $$
begin
    return concat_ws('/',
        (select system_identifier from pg_control_system()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8),
        (select oid from pg_database where datname = current_database()),
        'registry.epoch'::regclass::oid);
exception
    when insufficient_privilege or feature_not_supported or undefined_function or object_not_in_prerequisite_state then
        return '';
end $$;

-- Begins an epoch, and returns its id; null if it should begin only in a restored database, and this one is not.
create function registry.begin_epoch(because text, if_restored boolean default false) returns uuid language plpgsql as $$
declare
    latest registry.epoch;
    begun uuid;
begin
    -- Of several nodes that notice a restore at once, one begins the epoch. A statement of a function sees what was committed before it.
    perform pg_advisory_xact_lock(hashtextextended('registry.epoch', 0));
    select * into latest from registry.epoch order by number desc limit 1;
    if if_restored and (latest.lineage = registry.lineage() or '' in (latest.lineage, registry.lineage())) then
        return null;
    end if;
    insert into registry.epoch (number, id, since, reason, lineage)
        values (coalesce(latest.number, 0) + 1, gen_random_uuid(), now(), because, registry.lineage())
        returning id into begun;
    return begun;
end $$;

select registry.begin_epoch('the first');
