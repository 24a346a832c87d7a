-- The tables of release 0.1.0. A database of that release has them already, so nothing is created twice.

-- Every object, live or deleted, by name.
create table if not exists registry.directory (
    id uuid constraint pkey_directory_id primary key,
    kind text not null,
    scope text not null,
    name text not null,
    living boolean not null,
    network inet, -- of an address or prefix
    expires timestamptz, -- of a certificate profile
    tenant uuid, -- of a pool
    members integer -- of a pool
);
-- Names compare exactly and sort by code point, in any locale of the database.
create unique index if not exists directory_name_is_unique on registry.directory (kind, scope, name collate "C") where living = true;
create index if not exists directory_by_name on registry.directory (kind, name collate "C");
create index if not exists directory_by_network on registry.directory (network) where network is not null;
create index if not exists directory_by_expiration on registry.directory (expires) where expires is not null;
create index if not exists directory_empty_pools on registry.directory (id) where members = 0;
-- The target of the foreign key of uses: a referenced object cannot stop being (id, true).
create unique index if not exists directory_living_id on registry.directory (id, living);

-- Every reference: by which object and field (of which pool member) to which object. A foreign key with a null part is not checked, so an object
-- that only deleted objects refer to may be deleted.
create table if not exists registry.uses (
    source uuid not null,
    field text not null,
    part uuid not null,
    target uuid not null,
    living boolean, -- true while the referring object is live, otherwise null
    constraint pkey_uses_source_field_part_target primary key (source, field, part, target),
    constraint uses_target_lives foreign key (target, living) references registry.directory (id, living)
);
create index if not exists uses_by_target on registry.uses (target, living, field, source, part);

-- The live virtual servers. "Unset" is a value like any other (port -1, protocol ''), because a unique index ignores nulls.
create table if not exists registry.virtual_servers (
    id uuid constraint pkey_virtual_servers_id primary key,
    vip uuid not null,
    port integer not null,
    protocol text not null,
    transports integer not null,
    placement_kind text not null,
    placement uuid not null,
    load_balancer_type text not null,
    enabled boolean not null,
    folded_name text not null,
    tenant uuid,
    pool uuid,
    source_nat_pool uuid
);
create unique index if not exists virtual_servers_listener_is_unique on registry.virtual_servers (vip, port, protocol);
create index if not exists virtual_servers_by_folded_name on registry.virtual_servers (folded_name collate "C");
create index if not exists virtual_servers_by_pool on registry.virtual_servers (pool) where pool is not null;
create index if not exists virtual_servers_by_source_nat_pool on registry.virtual_servers (source_nat_pool) where source_nat_pool is not null;

-- The stored conditions of live virtual servers: a row for each type and other object; the other is empty where there is none.
create table if not exists registry.conditions (
    virtual_server uuid not null,
    type text not null,
    other uuid not null,
    constraint pkey_conditions_virtual_server_type_other primary key (virtual_server, type, other),
    constraint conditions_of_living foreign key (virtual_server) references registry.virtual_servers (id) on delete cascade
);
create index if not exists conditions_by_type on registry.conditions (type, virtual_server);
create index if not exists conditions_by_other on registry.conditions (other);

-- The answers to commands with a request id.
create table if not exists registry.requests (
    id uuid constraint pkey_requests_id primary key,
    fingerprint bytea not null,
    answer bytea not null,
    time timestamptz not null
);
create index if not exists requests_by_time on registry.requests (time);
