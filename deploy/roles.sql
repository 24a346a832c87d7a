-- The owner of the schema, for psql as an administrator in the database of the service; may be executed again:
--
--   psql --variable=owner=virtualserver_owner --file=deploy/roles.sql virtualserver
--
-- It is no superuser and owns nothing but the schemas registry and, during a rebuild, registry_rebuild, which it creates itself
-- ("schema apply", "rebuild"). Its password is set apart, for example by \password. docs/configuration.md, Roles, has the role to serve.
\set ON_ERROR_STOP on
set client_min_messages to warning;

select format('create role %I login', :'owner') where not exists (select from pg_roles where rolname = :'owner') \gexec
select format('grant connect, create on database %I to %I', current_database(), :'owner') \gexec
create extension if not exists pg_trgm;

-- What an administrator has created in the schema before belongs to the owner, too.
create temporary view schemas as select oid, nspname, nspowner from pg_namespace where nspname in ('registry', 'registry_rebuild');
select format('alter schema %I owner to %I', nspname, :'owner') from schemas where pg_get_userbyid(nspowner) <> :'owner' \gexec
select format('alter table %s owner to %I', c.oid::regclass, :'owner')
    from pg_class c join schemas s on s.oid = c.relnamespace
    where relkind in ('r', 'v', 'm', 'p') and pg_get_userbyid(relowner) <> :'owner' \gexec
select format('alter sequence %s owner to %I', c.oid::regclass, :'owner')
    from pg_class c join schemas s on s.oid = c.relnamespace
    where relkind = 'S' and pg_get_userbyid(relowner) <> :'owner'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')) \gexec
select format('alter routine %s owner to %I', p.oid::regprocedure, :'owner')
    from pg_proc p join schemas s on s.oid = p.pronamespace where pg_get_userbyid(proowner) <> :'owner' \gexec
