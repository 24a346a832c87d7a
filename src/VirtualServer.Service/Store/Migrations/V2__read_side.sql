-- Gives way to the reads of nodes that serve meanwhile, before PostgreSQL would end one of them as a deadlock; then it is tried again.
set local lock_timeout = '500ms';

-- The members of a pool that are ACTIVE; null in rows that are older than the column: unknown.
alter table registry.directory add column if not exists active_members integer;
create index if not exists directory_inactive_pools on registry.directory (id) where active_members = 0;

-- A reference has an interval: the versions of its object that hold it. Ended ones stay, for reads as of a past time.
alter table registry.uses add column valid_from timestamptz not null default '-infinity';
alter table registry.uses add column valid_until timestamptz not null default 'infinity';
alter table registry.uses drop constraint pkey_uses_source_field_part_target;
alter table registry.uses add constraint pkey_uses primary key (source, field, part, target, valid_from);

-- Every version of every object, with the interval in which it was the current one: what lists filter and sort by. Names of the
-- objects it refers to are joined as of the same time; its content is folded from its events.
create table registry.object_versions (
    id uuid not null,
    version integer not null,
    kind text not null,
    scope text not null,
    name text not null collate "C",
    live boolean not null, -- false after its deletion
    valid_from timestamptz not null,
    valid_until timestamptz not null, -- infinity for the current version
    create_time timestamptz not null,
    event_type text not null, -- of the event that led to the version, as are the next three
    actor text not null,
    correlation_id text not null,
    reason text not null, -- in lower case
    tenant uuid, -- the tenant that owns the object; null for a shared one
    network inet, -- of an address or prefix
    type text collate "C", -- load balancer type, load balancing algorithm, health check type or certificate type
    port integer, -- null when unset
    protocol text collate "C", -- null when unset
    enabled boolean,
    ssl_offload boolean,
    source_nat_type text,
    placement_kind text,
    expires timestamptz, -- of a certificate profile
    labels jsonb,
    member_statuses text[], -- of a pool: each status that a member has
    search text not null, -- in NFC and lower case, in lines: the name, then the port and the label values
    constraint pkey_object_versions primary key (id, version)
);
-- Lists in each order, now and as of a past time: the versions of an object are neighbours, and the interval is part of the key, so that
-- only rows of the list are read from the table. A filter by the same column uses the same index. An index of one kind does not begin
-- with the kind, because PostgreSQL does not compare what the condition of the index says already.
create index object_versions_by_name on registry.object_versions (kind, name, id, valid_until, valid_from, live);
create index object_versions_by_port on registry.object_versions (kind, port, id, valid_until, valid_from, live)
    where kind in ('virtual_server', 'health_check_monitor');
create index object_versions_by_protocol on registry.object_versions (protocol, id, valid_until, valid_from, live)
    where kind = 'virtual_server';
create index object_versions_by_type on registry.object_versions (kind, type, id, valid_until, valid_from, live)
    where kind in ('virtual_server', 'load_balancer_pool', 'health_check_monitor', 'certificate_profile');
create index object_versions_by_expiration on registry.object_versions (expires, id, valid_until, valid_from, live)
    where kind = 'certificate_profile';
create index object_versions_by_network on registry.object_versions (kind, network, id, valid_until, valid_from, live)
    where kind in ('ip_address', 'prefix');
create index object_versions_by_create_time on registry.object_versions (kind, create_time, id, valid_until, valid_from, live);
-- In the order of their last change, live objects are not neighbours of their past versions, so they have an index of their own.
create index object_versions_by_update_time on registry.object_versions (kind, valid_from, id, valid_until, live);
create index object_versions_live_by_update_time on registry.object_versions (kind, valid_from, id)
    where live and valid_until = 'infinity';
create index object_versions_by_label on registry.object_versions using gin (labels) where labels is not null;
-- The audit log, newest first: of all objects, by actor, and by correlation id. Lists find the last changes of an actor.
create index object_versions_by_time on registry.object_versions (valid_from, id, version);
create index object_versions_by_actor on registry.object_versions (actor, valid_from, id, version, valid_until);
create index object_versions_by_correlation on registry.object_versions (correlation_id, valid_from, id, version);
-- The virtual servers whose names differ only by case, as of a past time.
create index object_versions_by_folded_name on registry.object_versions ((split_part(search, chr(10), 1) collate "C"), id)
    where kind = 'virtual_server';

-- Free text: parts of names, ports and label values, by trigrams.
do $$
begin
    create extension if not exists pg_trgm;
exception
    when insufficient_privilege then
        raise exception 'the extension pg_trgm is missing, and this role may not create it: have an administrator run '
            '"create extension pg_trgm" in this database, then run schema apply again';
    when undefined_file or feature_not_supported then
        raise exception 'the extension pg_trgm is missing on this server: install the contributed modules of PostgreSQL '
            '(postgresql-contrib), then run schema apply again';
end $$;
do $$
begin
    execute format(
        'create index object_versions_by_text on registry.object_versions using gin (search %I.gin_trgm_ops)',
        (select nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_trgm'));
end $$;

-- The key that page tokens are encrypted with, so that every node accepts the tokens of the others.
create table registry.page_token_key (
    key bytea not null
);
insert into registry.page_token_key values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- The versions of the read models that the rows were written with. A service with other versions must rebuild them.
create table registry.read_models (
    name text constraint pkey_read_models primary key,
    version integer not null
);

-- The changes that a queue has refused, and the later changes of the same objects.
create table if not exists registry.parked_announcements (
    sequence bigint constraint pkey_parked_announcements_sequence primary key,
    object_id uuid not null,
    type text not null
);
create index if not exists parked_announcements_by_object on registry.parked_announcements (object_id, sequence);
