SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET client_min_messages = warning;

CREATE SCHEMA registry;

CREATE FUNCTION registry.mt_archive_stream(streamid uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  update registry.mt_streams set is_archived = TRUE where id = streamid ;
  update registry.mt_events set is_archived = TRUE where stream_id = streamid ;
END;
$$;

CREATE FUNCTION registry.mt_grams_array(words text, use_unaccent boolean DEFAULT false) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
        DECLARE
result text[];
        DECLARE
word text;
        DECLARE
clean_word text;
BEGIN
                FOREACH
word IN ARRAY string_to_array(words, ' ')
                LOOP
                     clean_word = regexp_replace(registry.mt_safe_unaccent(use_unaccent, word), '[^a-zA-Z0-9]+', '','g');
FOR i IN 1 .. length(clean_word)
                     LOOP
                         result := result || quote_literal(substr(lower(clean_word), i, 1));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 2));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 3));
END LOOP;
END LOOP;

RETURN ARRAY(SELECT DISTINCT e FROM unnest(result) AS a(e) ORDER BY e);
END;
$$;

CREATE FUNCTION registry.mt_grams_query(text, use_unaccent boolean DEFAULT false) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(registry.mt_grams_array($1, use_unaccent), ' & ') ::tsquery);
END
$_$;

CREATE FUNCTION registry.mt_grams_vector(text, use_unaccent boolean DEFAULT false) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(registry.mt_grams_array($1, use_unaccent), ' ') ::tsvector);
END
$_$;

CREATE FUNCTION registry.mt_immutable_date(value text) RETURNS date
    LANGUAGE sql IMMUTABLE
    AS $$
select value::date

$$;

CREATE FUNCTION registry.mt_immutable_time(value text) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::time

$$;

CREATE FUNCTION registry.mt_immutable_timestamp(value text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamp

$$;

CREATE FUNCTION registry.mt_immutable_timestamptz(value text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamptz

$$;

CREATE FUNCTION registry.mt_jsonb_append(jsonb, text[], jsonb, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    patch_expression ALIAS FOR $5;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
            END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_append_key_value(jsonb, text[], jsonb, boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    tmp_value jsonb;
    _key text;
BEGIN
    tmp_value = retval #> location;

    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN NOT tmp_value ?| ARRAY(SELECT jsonb_object_keys(val)) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_copy(jsonb, text[], text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_path ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = registry.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value::jsonb, TRUE);
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_duplicate(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    targets ALIAS FOR $3;
    tmp_value jsonb;
    target_path text[];
    target text;
BEGIN
    FOR target IN SELECT jsonb_array_elements_text(targets)
    LOOP
        target_path = registry.mt_jsonb_path_to_array(target, '\.');
        retval = registry.mt_jsonb_copy(retval, location, target_path);
    END LOOP;

    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_fix_null_parent(jsonb, text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    dst_path ALIAS FOR $2;
    dst_path_segment text[] = ARRAY[]::text[];
    dst_path_array_length integer;
    i integer = 1;
BEGIN
    dst_path_array_length = array_length(dst_path, 1);
    WHILE i <=(dst_path_array_length - 1)
    LOOP
        dst_path_segment = dst_path_segment || ARRAY[dst_path[i]];
        IF retval #> dst_path_segment IS NULL OR retval #> dst_path_segment = 'null'::jsonb THEN
            retval = jsonb_set(retval, dst_path_segment, '{}'::jsonb, TRUE);
        END IF;
        i = i + 1;
    END LOOP;

    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_increment(jsonb, text[], numeric) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    location ALIAS FOR $2;
    increment_value ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NULL THEN
        tmp_value = to_jsonb(0);
END IF;

RETURN jsonb_set(retval, location, to_jsonb(tmp_value::numeric + increment_value), TRUE);
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_insert(jsonb, text[], jsonb, integer, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    elm_index ALIAS FOR $4;
    if_not_exists ALIAS FOR $5;
    patch_expression ALIAS FOR $6;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF elm_index IS NULL THEN
            elm_index = jsonb_array_length(tmp_value) + 1;
        END IF;
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_move(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_name ALIAS FOR $3;
    dst_path text[];
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = retval #- src_path;
    dst_path = src_path;
    dst_path[array_length(dst_path, 1)] = dst_name;
    retval = registry.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value, TRUE);
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_patch(jsonb, jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    patchset ALIAS FOR $2;
    patch jsonb;
    patch_path text[];
    patch_expression jsonb;
    value jsonb;
BEGIN
    FOR patch IN SELECT * from jsonb_array_elements(patchset)
    LOOP
        patch_path = registry.mt_jsonb_path_to_array((patch->>'path')::text, '\.');

        patch_expression = null;
        IF (patch->>'type') IN ('remove', 'append_if_not_exists', 'insert_if_not_exists') AND (patch->>'expression') IS NOT NULL THEN
            patch_expression = jsonb_path_query_array(retval #> patch_path, (patch->>'expression')::jsonpath);
        END IF;

        CASE patch->>'type'
            WHEN 'set' THEN
                retval = jsonb_set(retval, patch_path, (patch->'value')::jsonb, TRUE);
            WHEN 'delete' THEN
                retval = retval#-patch_path;
            WHEN 'append' THEN
                retval = registry.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, FALSE);
            WHEN 'append_if_not_exists' THEN
                retval = registry.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, TRUE, patch_expression);
            WHEN 'append_key_value' THEN
                retval = registry.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, FALSE);
            WHEN 'append_key_value_if_not_exists' THEN
                retval = registry.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, TRUE);
            WHEN 'insert' THEN
                retval = registry.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, FALSE);
            WHEN 'insert_if_not_exists' THEN
                retval = registry.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, TRUE, patch_expression);
            WHEN 'remove' THEN
                retval = registry.mt_jsonb_remove(retval, patch_path, COALESCE(patch_expression, (patch->'value')::jsonb));
            WHEN 'remove_key' THEN
                retval = registry.mt_jsonb_remove_key(retval, patch_path, (patch->>'key'));
            WHEN 'duplicate' THEN
                retval = registry.mt_jsonb_duplicate(retval, patch_path, (patch->'targets')::jsonb);
            WHEN 'rename' THEN
                retval = registry.mt_jsonb_move(retval, patch_path, (patch->>'to')::text);
            WHEN 'increment' THEN
                retval = registry.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            WHEN 'increment_float' THEN
                retval = registry.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            ELSE NULL;
        END CASE;
    END LOOP;
    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_path_to_array(text, character) RETURNS text[]
    LANGUAGE plpgsql
    AS $_$
DECLARE
    location ALIAS FOR $1;
    regex_pattern ALIAS FOR $2;
BEGIN
RETURN regexp_split_to_array(location, regex_pattern)::text[];
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_remove(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF jsonb_typeof(val) = 'array' THEN
            tmp_remove = val;
        ELSE
            tmp_remove = jsonb_build_array(val);
        END IF;

        FOR patch_remove IN SELECT * FROM jsonb_array_elements(tmp_remove)
        LOOP
            tmp_value =(SELECT jsonb_agg(elem)
            FROM jsonb_array_elements(tmp_value) AS elem
            WHERE elem <> patch_remove);
        END LOOP;

        IF tmp_value IS NULL THEN
            tmp_value = '[]'::jsonb;
        END IF;
    END IF;
    RETURN jsonb_set(retval, location, tmp_value, FALSE);
END;
$_$;

CREATE FUNCTION registry.mt_jsonb_remove_key(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    _key ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        RETURN jsonb_set(retval, location, tmp_value - _key, FALSE);
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION registry.mt_mark_event_progression(name character varying, last_encountered bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
INSERT INTO registry.mt_event_progression (name, last_seq_id, last_updated)
VALUES (name, last_encountered, transaction_timestamp())
ON CONFLICT ON CONSTRAINT pk_mt_event_progression
    DO
UPDATE SET last_seq_id = last_encountered, last_updated = transaction_timestamp();

END;

$$;

CREATE FUNCTION registry.mt_mark_progression_with_skip(shard_name character varying, ending_sequence bigint, starting_sequence bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    current_value bigint;
BEGIN
    select last_seq_id into current_value from registry.mt_event_progression where name = shard_name;

    IF current_value is null then
        -- Bootstrap the high-water row on first invocation. Previously this branch
        -- returned 0, which left HighWaterAgent.CheckNowAsync polling forever because
        -- statistics.CurrentMark never advanced. Issue #4425.
        INSERT INTO registry.mt_event_progression (name, last_seq_id, last_updated)
        VALUES (shard_name, ending_sequence, transaction_timestamp())
        ON CONFLICT ON CONSTRAINT pk_mt_event_progression
            DO UPDATE SET last_seq_id = ending_sequence, last_updated = transaction_timestamp();
        IF ending_sequence > starting_sequence THEN
            -- Idempotent: a rebuild/replay re-marks the same skip (ending_sequence is the
            -- PK). Re-recording an existing gap is a no-op. Conflict target is the PK
            -- constraint (the bare column name collides with the function parameter). #4530.
            insert into registry.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
                on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        END IF;
        return ending_sequence;
    ELSIF current_value = starting_sequence THEN
        update registry.mt_event_progression SET last_seq_id = ending_sequence, last_updated = transaction_timestamp() where shard_name = name;
        insert into registry.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
            on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        return ending_sequence;
    ELSE
        return current_value;
    END IF;
END
$$;

CREATE FUNCTION registry.mt_quick_append_events(stream uuid, stream_type character varying, tenantid character varying, event_ids uuid[], event_types character varying[], dotnet_types character varying[], bodies jsonb[], bdatas bytea[], causation_ids character varying[], correlation_ids character varying[], headers jsonb[], user_names character varying[], timestamps timestamp with time zone[], expected_version bigint DEFAULT NULL::bigint) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
	event_version bigint;
	stream_is_archived boolean;
	event_type varchar;
	event_id uuid;
	body jsonb;
	index int;
	seq bigint;
    actual_tenant varchar;
    is_new_stream boolean := false;
	return_value bigint[];
BEGIN
    if expected_version IS NOT NULL then
        -- COALESCE turns the NULL we get for a brand-new stream into 0, so a
        -- FetchForWriting against a non-existent stream (which sets
        -- ExpectedVersionOnServer = 0) and a StartStream(id, version: 0) both
        -- land on the new-stream branch instead of mis-firing the guard.
        select version, is_archived into event_version, stream_is_archived from registry.mt_streams where id = stream for update;
        if COALESCE(event_version, 0) != expected_version then
            RAISE EXCEPTION 'Stream version mismatch on ''%'': expected %, actual %', stream, expected_version, COALESCE(event_version, 0) USING ERRCODE = 'MT003';
        end if;
    else
        select version, is_archived into event_version, stream_is_archived from registry.mt_streams where id = stream;
    end if;

	if event_version IS NULL then
		event_version = 0;
		is_new_stream := true;
		-- #5456 follow-up: insert the FINAL version straight away rather than 0 plus a
		-- trailing UPDATE of the row we just wrote in this same transaction. That UPDATE
		-- is a second heap tuple + WAL record per stream creation for no observable gain
		-- -- nothing outside this transaction can see the intermediate 0. The trailing
		-- UPDATE below is skipped for this branch via is_new_stream.
		insert into registry.mt_streams (id, type, version, timestamp, tenant_id) values (stream, stream_type, COALESCE(array_length(event_ids, 1), 0), now(), tenantid);
    else
        if stream_is_archived then
            RAISE EXCEPTION 'Attempted to append event to archived stream with Id ''%''.', stream USING ERRCODE = 'MT001';
        end if;
        if tenantid IS NOT NULL then
            select tenant_id into actual_tenant from registry.mt_streams where id = stream;
            if actual_tenant != tenantid then
                RAISE EXCEPTION 'The tenantid does not match the existing stream';
            end if;
        end if;
	end if;

	index := 1;
	-- #5062: array_length('{}', 1) is NULL in PostgreSQL, not 0, so a call with an
	-- empty event array used to return ARRAY[NULL] -- a bigint[] whose only element
	-- is NULL, which Npgsql cannot read into long[] ('Cannot read a non-nullable
	-- collection of elements because the returned array contains nulls'). COALESCE
	-- makes the empty case mean what it says: zero events appended, so the final
	-- version is the stream's current version.
	return_value := ARRAY[event_version + COALESCE(array_length(event_ids, 1), 0)];

	foreach event_id in ARRAY event_ids
	loop
        seq := nextval('registry.mt_events_sequence');
		return_value := array_append(return_value, seq);

	    event_version := event_version + 1;
		event_type = event_types[index];
		body = bodies[index];

		-- #4515 / #4578 / Phase 2: bdatas[index] carries the binary payload
		-- for events opted in to binary serialization (NULL otherwise).
		-- bodies[index] is the {} JSON placeholder for those events so the
		-- existing data jsonb NOT NULL constraint stays intact.
		insert into registry.mt_events
			(seq_id, id, stream_id, version, data, bdata, type, tenant_id, timestamp, mt_dotnet_type, is_archived, causation_id, correlation_id, headers, user_name)
		values
			(seq, event_id, stream, event_version, body, bdatas[index], event_type, tenantid, timestamps[index], dotnet_types[index], FALSE, causation_ids[index], correlation_ids[index], headers[index], user_names[index]);

		index := index + 1;
	end loop;

	-- A brand-new stream already carries its final version from the insert above, so the
	-- UPDATE is only needed when we appended onto a stream that already existed.
	--
	-- #5539: and only when we actually appended something. With ZERO events this was a BLIND write-back
	-- of the version read at the top of the function, and under READ COMMITTED that is a lost update: the
	-- UPDATE waits on a concurrent appender's row lock, the winner commits, the WHERE clause is
	-- re-evaluated against the new row, and `set version = <the stale value>` lands -- leaving
	-- mt_streams.version BELOW the stream's own events. Every later append then computes a version that
	-- already exists and dies on pk_mt_events_stream_and_version, forever, until the row is repaired by
	-- hand. A non-empty call cannot do this: its first INSERT collides with the winner on that same
	-- primary key and rolls the whole thing back, which is why only the empty case was exposed.
	--
	-- Two independent guards, because either alone would have been enough and the cost of both is nil:
	--   * the append count -- appending nothing has nothing to write, so the correct number of statements
	--     is zero rather than one that happens to be harmless;
	--   * greatest(), so the write-back can never LOWER a stream's version whoever calls it. An append
	--     only ever moves a version forward, so this is a no-op on every correct path and a backstop on
	--     any future caller that reads the version and then writes it back.
	if not is_new_stream and COALESCE(array_length(event_ids, 1), 0) > 0 then
		update registry.mt_streams set version = greatest(version, event_version), timestamp = now() where id = stream;
	end if;

	return return_value;
END
$$;

CREATE FUNCTION registry.mt_safe_unaccent(use_unaccent boolean, word text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
BEGIN
IF use_unaccent THEN
    RETURN public.unaccent(word);
ELSE
    RETURN word;
END IF;
END;
$$;

CREATE TABLE registry.conditions (
    virtual_server uuid NOT NULL,
    type text NOT NULL,
    other uuid NOT NULL
);

CREATE TABLE registry.directory (
    id uuid NOT NULL,
    kind text NOT NULL,
    scope text NOT NULL,
    name text NOT NULL,
    living boolean NOT NULL,
    network inet,
    expires timestamp with time zone,
    tenant uuid,
    members integer
);

CREATE TABLE registry.mt_doc_certificate_profile (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_doc_deadletterevent (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_doc_health_check_monitor (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_doc_inventory_object (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_doc_load_balancer_pool (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_doc_virtual_server (
    id uuid NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE registry.mt_event_progression (
    name character varying NOT NULL,
    last_seq_id bigint,
    last_updated timestamp with time zone DEFAULT transaction_timestamp(),
    mode character varying DEFAULT 'none'::character varying,
    rebuild_threshold integer DEFAULT 0,
    assigned_node integer DEFAULT 0,
    heartbeat timestamp with time zone,
    agent_status character varying(20),
    pause_reason text,
    running_on_node integer,
    warning_behind_threshold bigint,
    critical_behind_threshold bigint,
    failure_category character varying(50),
    failure_event_sequence bigint,
    failure_event_type character varying(500),
    failure_event_tenant_id character varying(500)
);

CREATE TABLE registry.mt_event_projection_floors (
    name character varying NOT NULL,
    tenant_id character varying NOT NULL,
    floor bigint NOT NULL,
    last_updated timestamp with time zone DEFAULT transaction_timestamp()
);

CREATE TABLE registry.mt_events (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id uuid,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-25 21:05:08.285387+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying,
    mt_dotnet_type character varying,
    correlation_id character varying,
    causation_id character varying,
    headers jsonb,
    user_name character varying,
    is_archived boolean DEFAULT false
);

CREATE SEQUENCE registry.mt_events_sequence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE registry.mt_events_sequence OWNED BY registry.mt_events.seq_id;

CREATE TABLE registry.mt_high_water_skips (
    ending_sequence bigint NOT NULL,
    starting_sequence bigint NOT NULL,
    "timestamp" timestamp with time zone DEFAULT transaction_timestamp()
);

CREATE TABLE registry.mt_streams (
    id uuid NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
);

CREATE TABLE registry.requests (
    id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    answer bytea NOT NULL,
    "time" timestamp with time zone NOT NULL
);

CREATE TABLE registry.uses (
    source uuid NOT NULL,
    field text NOT NULL,
    part uuid NOT NULL,
    target uuid NOT NULL,
    living boolean
);

CREATE TABLE registry.virtual_servers (
    id uuid NOT NULL,
    vip uuid NOT NULL,
    port integer NOT NULL,
    protocol text NOT NULL,
    transports integer NOT NULL,
    placement_kind text NOT NULL,
    placement uuid NOT NULL,
    load_balancer_type text NOT NULL,
    enabled boolean NOT NULL,
    folded_name text NOT NULL,
    tenant uuid,
    pool uuid,
    source_nat_pool uuid
);

COPY registry.conditions (virtual_server, type, other) FROM stdin;
01930000-0000-7000-8000-000000000011	POOL_UNSET	00000000-0000-0000-0000-000000000000
01930000-0000-7000-8000-000000000012	TENANT_MISMATCH	01930000-0000-7000-8000-000000000301
01930000-0000-7000-8000-000000000013	POOL_UNSET	00000000-0000-0000-0000-000000000000
01930000-0000-7000-8000-000000000014	CONFLICTED	01930000-0000-7000-8000-000000000002
01930000-0000-7000-8000-000000000002	CONFLICTED	01930000-0000-7000-8000-000000000014
\.

COPY registry.directory (id, kind, scope, name, living, network, expires, tenant, members) FROM stdin;
01a21486-ce85-7a06-8652-200473010fe8	ip_address	Global	192.0.2.20	t	192.0.2.20	\N	\N	\N
01a21486-cf53-791d-a10d-cd2b373ab29d	ip_address	Global	192.0.2.53	t	192.0.2.53	\N	\N	\N
01930000-0000-7000-8000-000000000101	health_check_monitor		https-200	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000102	health_check_monitor		tcp-connect	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000103	health_check_monitor		dns-query	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000203	certificate_profile		api.acme.example	t	\N	2027-06-13 00:00:00+00	\N	\N
01930000-0000-7000-8000-000000000304	load_balancer_pool		dns-backends	t	\N	\N	\N	2
01930000-0000-7000-8000-000000000012	virtual_server		intranet.globex.example	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000007	virtual_server		dns.acme.example	f	\N	\N	\N	\N
01a21486-cf59-79bc-8dad-8bae010e2c57	ip_address	Global	203.0.113.5	t	203.0.113.5	\N	\N	\N
01a21486-cf5d-7792-852b-281bb2d23a8e	ip_address	Global	203.0.113.6	t	203.0.113.6	\N	\N	\N
01930000-0000-7000-8000-000000000204	certificate_profile		intranet.globex.example	t	\N	2026-11-22 00:00:00+00	\N	\N
01930000-0000-7000-8000-000000000301	load_balancer_pool		www-backends	t	\N	\N	01a21486-ce89-7480-ae1b-12966f65cd34	3
01930000-0000-7000-8000-000000000305	load_balancer_pool		voip-backends	t	\N	\N	01a21486-ce82-7169-b783-bed22c7836c2	0
01930000-0000-7000-8000-000000000001	virtual_server		www.acme.example http	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000002	virtual_server		www.acme.example https	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000004	virtual_server		www.acme.example https v6	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000010	virtual_server		signal.globex.example	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000011	virtual_server		edge.globex.example any	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000014	virtual_server		www.acme.example tunnel	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000005	virtual_server		renamed-server	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000008	virtual_server		dns.acme.example v6	t	\N	\N	\N	\N
01a21486-ce82-7169-b783-bed22c7836c2	tenant		globex	t	\N	\N	\N	\N
01a21486-ce89-7480-ae1b-12966f65cd34	tenant		acme	t	\N	\N	\N	\N
01a21486-ce8a-7163-9d52-7368ebd0fe94	device		fra-lb-1	t	\N	\N	\N	\N
01a21486-ce8a-7942-bd6e-943332bd81e2	device		ams-lb-1	t	\N	\N	\N	\N
01a21486-ce8a-7a8d-bc64-7b0e6b07984c	device		ams-lb-2	t	\N	\N	\N	\N
01a21486-ce8a-7b8c-bacc-3885942fc24c	device_redundancy_group		ams-lb-pair	t	\N	\N	\N	\N
01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	virtual_chassis		fra-chassis	t	\N	\N	\N	\N
01a21486-ce90-7aec-a64e-c5a6f87038cf	cloud_service		aws-eu-central-1-nlb	t	\N	\N	\N	\N
01a21486-ce92-716b-a469-41174cb95e2a	ip_address	Global	192.0.2.11	t	192.0.2.11	\N	\N	\N
01a21486-ce92-7181-9b70-fdf70d7d387f	prefix	Global	198.51.100.0/26	t	198.51.100.0/26	\N	\N	\N
01a21486-ce92-7280-8cfa-4fce9de0d28b	prefix	Global	192.0.2.0/24	t	192.0.2.0/24	\N	\N	\N
01a21486-ce92-797e-8317-9fa030dac8c9	prefix	Global	2001:db8:a::/48	t	2001:db8:a::/48	\N	\N	\N
01a21486-ce92-7a35-a9ef-31b3c9b832d5	ip_address	Global	192.0.2.12	t	192.0.2.12	\N	\N	\N
01a21486-ce92-7b83-a594-3a4fda60ed42	ip_address	Global	192.0.2.10	t	192.0.2.10	\N	\N	\N
01a21486-ce92-7c4b-b709-e653d533a3a4	prefix	globex-internal	192.0.2.0/24	t	192.0.2.0/24	\N	\N	\N
01a21486-cf5f-716b-97d5-f7727e86a215	ip_address	Global	10.10.0.32	t	10.10.0.32	\N	\N	\N
01a21486-cf5f-7190-96d0-3b75def23b84	ip_address	Global	10.10.0.21	t	10.10.0.21	\N	\N	\N
01a21486-cf5f-7228-b069-c0167d57596e	ip_address	Global	10.10.0.13	t	10.10.0.13	\N	\N	\N
01a21486-cf5f-729a-98e7-2d6066388952	ip_address	Global	10.10.0.11	t	10.10.0.11	\N	\N	\N
01a21486-cf5f-729c-8277-1b7c788780a6	ip_address	Global	2001:db8:a::20	t	2001:db8:a::20	\N	\N	\N
01a21486-cf5f-7491-a719-94dd4cd315f6	ip_address	Global	10.10.0.54	t	10.10.0.54	\N	\N	\N
01a21486-cf5f-74fe-a5e3-774411d1d916	ip_address	Global	10.10.0.53	t	10.10.0.53	\N	\N	\N
01a21486-cf5f-77d0-84bf-9ac65e4e095c	ip_address	Global	10.10.0.22	t	10.10.0.22	\N	\N	\N
01a21486-cf5f-7a27-a892-ccbf234b2814	ip_address	Global	2001:db8:a::10	t	2001:db8:a::10	\N	\N	\N
01a21486-cf5f-7b1f-a13a-6cbbf51b7b21	ip_address	Global	10.10.0.31	t	10.10.0.31	\N	\N	\N
01a21486-cf5f-7b83-96c1-36b0d19d1eb2	ip_address	Global	2001:db8:a::53	t	2001:db8:a::53	\N	\N	\N
01a21486-cf5f-7c17-845e-a96032442433	ip_address	Global	10.10.0.12	t	10.10.0.12	\N	\N	\N
01a21486-cf5f-7de2-b0ba-432274fdc20b	ip_address	globex-internal	10.20.0.10	t	10.20.0.10	\N	\N	\N
01a21486-cf5f-7f12-97f5-5622954a5852	prefix	Global	10.10.0.0/24	t	10.10.0.0/24	\N	\N	\N
01930000-0000-7000-8000-000000000201	certificate_profile		www.acme.example 2026	t	\N	2026-12-15 00:00:00+00	\N	\N
01930000-0000-7000-8000-000000000202	certificate_profile		www.acme.example 2027	t	\N	2027-12-15 00:00:00+00	\N	\N
01930000-0000-7000-8000-000000000302	load_balancer_pool		api-backends	t	\N	\N	01a21486-ce89-7480-ae1b-12966f65cd34	2
01930000-0000-7000-8000-000000000303	load_balancer_pool		db-backends	t	\N	\N	01a21486-ce89-7480-ae1b-12966f65cd34	2
01930000-0000-7000-8000-000000000003	virtual_server		www.acme.example http3	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000006	virtual_server		db.acme.example postgres	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000009	virtual_server		voip.globex.example	t	\N	\N	\N	\N
01930000-0000-7000-8000-000000000013	virtual_server		shop.acme.example	t	\N	\N	\N	\N
\.

COPY registry.mt_doc_certificate_profile (id, data) FROM stdin;
01930000-0000-7000-8000-000000000201	{"id": "01930000-0000-7000-8000-000000000201", "living": true, "content": {"name": "www.acme.example 2026", "type": "Server", "files": {"key": "/etc/tls/www.acme.example.key", "chain": "/etc/tls/acme-chain.crt", "certificate": "/etc/tls/www.acme.example.crt"}, "cipher": "", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2026-12-15T00:00:00+00:00"}, "version": 1, "createTime": "2026-11-25T21:05:09.222612+00:00", "updateTime": "2026-11-25T21:05:09.222612+00:00"}
01930000-0000-7000-8000-000000000202	{"id": "01930000-0000-7000-8000-000000000202", "living": true, "content": {"name": "www.acme.example 2027", "type": "Server", "files": {"key": "/etc/tls/www.acme.example.2027.key", "chain": "/etc/tls/acme-chain.crt", "certificate": "/etc/tls/www.acme.example.2027.crt"}, "cipher": "", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2027-12-15T00:00:00+00:00"}, "version": 1, "createTime": "2026-11-25T21:05:09.248401+00:00", "updateTime": "2026-11-25T21:05:09.248401+00:00"}
01930000-0000-7000-8000-000000000203	{"id": "01930000-0000-7000-8000-000000000203", "living": true, "content": {"name": "api.acme.example", "type": "MutualTls", "files": {"key": "/etc/tls/api.acme.example.key", "chain": "", "certificate": "/etc/tls/api.acme.example.crt"}, "cipher": "TLS_AES_256_GCM_SHA384", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2027-06-13T00:00:00+00:00"}, "version": 1, "createTime": "2026-11-25T21:05:09.258007+00:00", "updateTime": "2026-11-25T21:05:09.258007+00:00"}
01930000-0000-7000-8000-000000000204	{"id": "01930000-0000-7000-8000-000000000204", "living": true, "content": {"name": "intranet.globex.example", "type": "Server", "files": {"key": "/etc/tls/intranet.key", "chain": "", "certificate": "/etc/tls/intranet.crt"}, "cipher": "", "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "expirationDate": "2026-11-22T00:00:00+00:00"}, "version": 1, "createTime": "2026-11-25T21:05:09.263542+00:00", "updateTime": "2026-11-25T21:05:09.263542+00:00"}
\.

COPY registry.mt_doc_deadletterevent (id, data) FROM stdin;
\.

COPY registry.mt_doc_health_check_monitor (id, data) FROM stdin;
01930000-0000-7000-8000-000000000101	{"id": "01930000-0000-7000-8000-000000000101", "living": true, "content": {"name": "https-200", "type": "Https", "schedule": {"retry": 2, "timeout": 3, "interval": 10}}, "version": 1, "createTime": "2026-11-25T21:05:09.075277+00:00", "updateTime": "2026-11-25T21:05:09.075277+00:00"}
01930000-0000-7000-8000-000000000102	{"id": "01930000-0000-7000-8000-000000000102", "living": true, "content": {"name": "tcp-connect", "type": "Tcp", "schedule": {"retry": 3, "timeout": 2, "interval": 5}}, "version": 1, "createTime": "2026-11-25T21:05:09.120121+00:00", "updateTime": "2026-11-25T21:05:09.120121+00:00"}
01930000-0000-7000-8000-000000000103	{"id": "01930000-0000-7000-8000-000000000103", "living": true, "content": {"name": "dns-query", "port": 53, "type": "Dns", "schedule": {"retry": 2, "timeout": 1, "interval": 5}}, "version": 1, "createTime": "2026-11-25T21:05:09.149312+00:00", "updateTime": "2026-11-25T21:05:09.149312+00:00"}
\.

COPY registry.mt_doc_inventory_object (id, data) FROM stdin;
01a21486-ce82-7169-b783-bed22c7836c2	{"id": "01a21486-ce82-7169-b783-bed22c7836c2", "living": true, "content": {"kind": "Tenant", "name": "globex", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.738645+00:00", "updateTime": "2026-11-25T21:05:08.738645+00:00"}
01a21486-ce89-7480-ae1b-12966f65cd34	{"id": "01a21486-ce89-7480-ae1b-12966f65cd34", "living": true, "content": {"kind": "Tenant", "name": "acme", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.745954+00:00", "updateTime": "2026-11-25T21:05:08.745954+00:00"}
01a21486-ce8a-7163-9d52-7368ebd0fe94	{"id": "01a21486-ce8a-7163-9d52-7368ebd0fe94", "living": true, "content": {"kind": "Device", "name": "fra-lb-1", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.746101+00:00", "updateTime": "2026-11-25T21:05:08.746101+00:00"}
01a21486-ce8a-7942-bd6e-943332bd81e2	{"id": "01a21486-ce8a-7942-bd6e-943332bd81e2", "living": true, "content": {"kind": "Device", "name": "ams-lb-1", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.746086+00:00", "updateTime": "2026-11-25T21:05:08.746086+00:00"}
01a21486-ce8a-7a8d-bc64-7b0e6b07984c	{"id": "01a21486-ce8a-7a8d-bc64-7b0e6b07984c", "living": true, "content": {"kind": "Device", "name": "ams-lb-2", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.746096+00:00", "updateTime": "2026-11-25T21:05:08.746096+00:00"}
01a21486-ce8a-7b8c-bacc-3885942fc24c	{"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "living": true, "content": {"kind": "DeviceRedundancyGroup", "name": "ams-lb-pair", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.74611+00:00", "updateTime": "2026-11-25T21:05:08.74611+00:00"}
01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	{"id": "01a21486-ce8a-7c73-b9cc-a70e5cc60dcf", "living": true, "content": {"kind": "VirtualChassis", "name": "fra-chassis", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.746115+00:00", "updateTime": "2026-11-25T21:05:08.746115+00:00"}
01a21486-ce90-7aec-a64e-c5a6f87038cf	{"id": "01a21486-ce90-7aec-a64e-c5a6f87038cf", "living": true, "content": {"kind": "CloudService", "name": "aws-eu-central-1-nlb", "scope": ""}, "version": 1, "createTime": "2026-11-25T21:05:08.752899+00:00", "updateTime": "2026-11-25T21:05:08.752899+00:00"}
01a21486-ce92-716b-a469-41174cb95e2a	{"id": "01a21486-ce92-716b-a469-41174cb95e2a", "living": true, "content": {"kind": "IpAddress", "name": "192.0.2.11", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.754787+00:00", "updateTime": "2026-11-25T21:05:08.754787+00:00"}
01a21486-ce92-7181-9b70-fdf70d7d387f	{"id": "01a21486-ce92-7181-9b70-fdf70d7d387f", "living": true, "content": {"kind": "Prefix", "name": "198.51.100.0/26", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.754735+00:00", "updateTime": "2026-11-25T21:05:08.754735+00:00"}
01a21486-ce92-7280-8cfa-4fce9de0d28b	{"id": "01a21486-ce92-7280-8cfa-4fce9de0d28b", "living": true, "content": {"kind": "Prefix", "name": "192.0.2.0/24", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.754714+00:00", "updateTime": "2026-11-25T21:05:08.754714+00:00"}
01a21486-ce92-797e-8317-9fa030dac8c9	{"id": "01a21486-ce92-797e-8317-9fa030dac8c9", "living": true, "content": {"kind": "Prefix", "name": "2001:db8:a::/48", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.75476+00:00", "updateTime": "2026-11-25T21:05:08.75476+00:00"}
01a21486-ce92-7a35-a9ef-31b3c9b832d5	{"id": "01a21486-ce92-7a35-a9ef-31b3c9b832d5", "living": true, "content": {"kind": "IpAddress", "name": "192.0.2.12", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.754795+00:00", "updateTime": "2026-11-25T21:05:08.754795+00:00"}
01a21486-ce92-7b83-a594-3a4fda60ed42	{"id": "01a21486-ce92-7b83-a594-3a4fda60ed42", "living": true, "content": {"kind": "IpAddress", "name": "192.0.2.10", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.754779+00:00", "updateTime": "2026-11-25T21:05:08.754779+00:00"}
01a21486-ce92-7c4b-b709-e653d533a3a4	{"id": "01a21486-ce92-7c4b-b709-e653d533a3a4", "living": true, "content": {"kind": "Prefix", "name": "192.0.2.0/24", "scope": "globex-internal"}, "version": 1, "createTime": "2026-11-25T21:05:08.75477+00:00", "updateTime": "2026-11-25T21:05:08.75477+00:00"}
01a21486-ce85-7a06-8652-200473010fe8	{"id": "01a21486-ce85-7a06-8652-200473010fe8", "living": true, "content": {"kind": "IpAddress", "name": "192.0.2.20", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.741149+00:00", "updateTime": "2026-11-25T21:05:08.741149+00:00"}
01a21486-cf53-791d-a10d-cd2b373ab29d	{"id": "01a21486-cf53-791d-a10d-cd2b373ab29d", "living": true, "content": {"kind": "IpAddress", "name": "192.0.2.53", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.947658+00:00", "updateTime": "2026-11-25T21:05:08.947658+00:00"}
01a21486-cf59-79bc-8dad-8bae010e2c57	{"id": "01a21486-cf59-79bc-8dad-8bae010e2c57", "living": true, "content": {"kind": "IpAddress", "name": "203.0.113.5", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.953652+00:00", "updateTime": "2026-11-25T21:05:08.953652+00:00"}
01a21486-cf5d-7792-852b-281bb2d23a8e	{"id": "01a21486-cf5d-7792-852b-281bb2d23a8e", "living": true, "content": {"kind": "IpAddress", "name": "203.0.113.6", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.957013+00:00", "updateTime": "2026-11-25T21:05:08.957013+00:00"}
01a21486-cf5f-716b-97d5-f7727e86a215	{"id": "01a21486-cf5f-716b-97d5-f7727e86a215", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.32", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959674+00:00", "updateTime": "2026-11-25T21:05:08.959674+00:00"}
01a21486-cf5f-7190-96d0-3b75def23b84	{"id": "01a21486-cf5f-7190-96d0-3b75def23b84", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.21", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959698+00:00", "updateTime": "2026-11-25T21:05:08.959698+00:00"}
01a21486-cf5f-7228-b069-c0167d57596e	{"id": "01a21486-cf5f-7228-b069-c0167d57596e", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.13", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959705+00:00", "updateTime": "2026-11-25T21:05:08.959705+00:00"}
01a21486-cf5f-729a-98e7-2d6066388952	{"id": "01a21486-cf5f-729a-98e7-2d6066388952", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.11", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959722+00:00", "updateTime": "2026-11-25T21:05:08.959722+00:00"}
01a21486-cf5f-729c-8277-1b7c788780a6	{"id": "01a21486-cf5f-729c-8277-1b7c788780a6", "living": true, "content": {"kind": "IpAddress", "name": "2001:db8:a::20", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959755+00:00", "updateTime": "2026-11-25T21:05:08.959755+00:00"}
01a21486-cf5f-7491-a719-94dd4cd315f6	{"id": "01a21486-cf5f-7491-a719-94dd4cd315f6", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.54", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959657+00:00", "updateTime": "2026-11-25T21:05:08.959657+00:00"}
01a21486-cf5f-74fe-a5e3-774411d1d916	{"id": "01a21486-cf5f-74fe-a5e3-774411d1d916", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.53", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959666+00:00", "updateTime": "2026-11-25T21:05:08.959666+00:00"}
01a21486-cf5f-77d0-84bf-9ac65e4e095c	{"id": "01a21486-cf5f-77d0-84bf-9ac65e4e095c", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.22", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959689+00:00", "updateTime": "2026-11-25T21:05:08.959689+00:00"}
01a21486-cf5f-7a27-a892-ccbf234b2814	{"id": "01a21486-cf5f-7a27-a892-ccbf234b2814", "living": true, "content": {"kind": "IpAddress", "name": "2001:db8:a::10", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959764+00:00", "updateTime": "2026-11-25T21:05:08.959764+00:00"}
01a21486-cf5f-7b1f-a13a-6cbbf51b7b21	{"id": "01a21486-cf5f-7b1f-a13a-6cbbf51b7b21", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.31", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959682+00:00", "updateTime": "2026-11-25T21:05:08.959682+00:00"}
01a21486-cf5f-7b83-96c1-36b0d19d1eb2	{"id": "01a21486-cf5f-7b83-96c1-36b0d19d1eb2", "living": true, "content": {"kind": "IpAddress", "name": "2001:db8:a::53", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959745+00:00", "updateTime": "2026-11-25T21:05:08.959745+00:00"}
01a21486-cf5f-7c17-845e-a96032442433	{"id": "01a21486-cf5f-7c17-845e-a96032442433", "living": true, "content": {"kind": "IpAddress", "name": "10.10.0.12", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959713+00:00", "updateTime": "2026-11-25T21:05:08.959713+00:00"}
01a21486-cf5f-7de2-b0ba-432274fdc20b	{"id": "01a21486-cf5f-7de2-b0ba-432274fdc20b", "living": true, "content": {"kind": "IpAddress", "name": "10.20.0.10", "scope": "globex-internal"}, "version": 1, "createTime": "2026-11-25T21:05:08.95973+00:00", "updateTime": "2026-11-25T21:05:08.95973+00:00"}
01a21486-cf5f-7f12-97f5-5622954a5852	{"id": "01a21486-cf5f-7f12-97f5-5622954a5852", "living": true, "content": {"kind": "Prefix", "name": "10.10.0.0/24", "scope": "Global"}, "version": 1, "createTime": "2026-11-25T21:05:08.959636+00:00", "updateTime": "2026-11-25T21:05:08.959636+00:00"}
\.

COPY registry.mt_doc_load_balancer_pool (id, data) FROM stdin;
01930000-0000-7000-8000-000000000301	{"id": "01930000-0000-7000-8000-000000000301", "living": true, "content": {"name": "www-backends", "labels": {"app": "www"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0a7-73c4-99c6-eb97c10575e7", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-1", "status": "Active", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-729a-98e7-2d6066388952"}}, {"id": "01a21486-d0a8-7214-8cbd-1f64610ff2a1", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-3", "status": "Maintenance", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-7228-b069-c0167d57596e"}}, {"id": "01a21486-d0a8-72bd-ab3e-ac9c75d3bf40", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-2", "status": "Active", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-7c17-845e-a96032442433"}}], "algorithm": "LeastConnections", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000101"}, "version": 1, "createTime": "2026-11-25T21:05:09.301666+00:00", "updateTime": "2026-11-25T21:05:09.301666+00:00"}
01930000-0000-7000-8000-000000000302	{"id": "01930000-0000-7000-8000-000000000302", "living": true, "content": {"name": "api-backends", "labels": {"app": "api"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0d0-71c3-ae03-6f9548917691", "tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "label": "api-2", "status": "Active", "endpoint": {"port": 50051, "ipAddress": "01a21486-cf5f-77d0-84bf-9ac65e4e095c"}}, {"id": "01a21486-d0d0-79a6-9cee-ff0b43417c61", "tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "label": "api-1", "status": "Active", "endpoint": {"port": 50051, "ipAddress": "01a21486-cf5f-7190-96d0-3b75def23b84"}}], "algorithm": "LeastRequest", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}, "version": 1, "createTime": "2026-11-25T21:05:09.331248+00:00", "updateTime": "2026-11-25T21:05:09.331248+00:00"}
01930000-0000-7000-8000-000000000303	{"id": "01930000-0000-7000-8000-000000000303", "living": true, "content": {"name": "db-backends", "labels": {}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0df-7771-80b6-f7bcc879e852", "tls": {"offload": false, "certificateProfiles": []}, "label": "db-2", "status": "Planned", "endpoint": {"port": 5432, "ipAddress": "01a21486-cf5f-716b-97d5-f7727e86a215"}}, {"id": "01a21486-d0df-78b0-959c-3f468704c9ef", "tls": {"offload": false, "certificateProfiles": []}, "label": "db-1", "status": "Active", "endpoint": {"port": 5432, "ipAddress": "01a21486-cf5f-7b1f-a13a-6cbbf51b7b21"}}], "algorithm": "SourceIpHash", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}, "version": 1, "createTime": "2026-11-25T21:05:09.344161+00:00", "updateTime": "2026-11-25T21:05:09.344161+00:00"}
01930000-0000-7000-8000-000000000304	{"id": "01930000-0000-7000-8000-000000000304", "living": true, "content": {"name": "dns-backends", "labels": {}, "members": [{"id": "01a21486-d0e2-7ebd-902d-74b672d8bbcd", "tls": {"offload": false, "certificateProfiles": []}, "label": "dns-2", "status": "Active", "endpoint": {"port": 53, "ipAddress": "01a21486-cf5f-7491-a719-94dd4cd315f6"}}, {"id": "01a21486-d0e2-7fd3-bc27-a211c2fb81da", "tls": {"offload": false, "certificateProfiles": []}, "label": "dns-1", "status": "Active", "endpoint": {"port": 53, "ipAddress": "01a21486-cf5f-74fe-a5e3-774411d1d916"}}], "algorithm": "RoundRobin", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000103"}, "version": 1, "createTime": "2026-11-25T21:05:09.347333+00:00", "updateTime": "2026-11-25T21:05:09.347333+00:00"}
01930000-0000-7000-8000-000000000305	{"id": "01930000-0000-7000-8000-000000000305", "living": true, "content": {"name": "voip-backends", "labels": {}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "members": [], "algorithm": "RoundRobin", "description": "The carrier has not said yet who takes the calls"}, "version": 1, "createTime": "2026-11-25T21:05:09.357054+00:00", "updateTime": "2026-11-25T21:05:09.357054+00:00"}
\.

COPY registry.mt_doc_virtual_server (id, data) FROM stdin;
01930000-0000-7000-8000-000000000001	{"id": "01930000-0000-7000-8000-000000000001", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "www.acme.example http", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 80, "protocol": "Http"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "Redirects to HTTPS", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.384683+00:00", "updateTime": "2026-11-25T21:05:09.384683+00:00"}
01930000-0000-7000-8000-000000000002	{"id": "01930000-0000-7000-8000-000000000002", "living": true, "content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example https", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Https"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {"type": "Auto"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.431019+00:00", "updateTime": "2026-11-25T21:05:09.431019+00:00"}
01930000-0000-7000-8000-000000000003	{"id": "01930000-0000-7000-8000-000000000003", "living": true, "content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example http3", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Quic"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.447535+00:00", "updateTime": "2026-11-25T21:05:09.447535+00:00"}
01930000-0000-7000-8000-000000000004	{"id": "01930000-0000-7000-8000-000000000004", "living": true, "content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example https v6", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf5f-7a27-a892-ccbf234b2814", "port": 443, "protocol": "Https"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.456272+00:00", "updateTime": "2026-11-25T21:05:09.456272+00:00"}
01930000-0000-7000-8000-000000000009	{"id": "01930000-0000-7000-8000-000000000009", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "voip.globex.example", "labels": {"app": "voip", "env": "prod"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf59-79bc-8dad-8bae010e2c57", "port": 5060, "protocol": "Udp"}, "placement": {"id": "01a21486-ce90-7aec-a64e-c5a6f87038cf", "kind": "CloudService"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000305", "loadBalancerType": "Layer4"}, "version": 1, "createTime": "2026-11-25T21:05:09.482287+00:00", "updateTime": "2026-11-25T21:05:09.482287+00:00"}
01930000-0000-7000-8000-000000000010	{"id": "01930000-0000-7000-8000-000000000010", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "signal.globex.example", "labels": {"app": "signal", "env": "stage"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": false, "listener": {"vip": "01a21486-cf5d-7792-852b-281bb2d23a8e", "port": 2905, "protocol": "Sctp"}, "placement": {"id": "01a21486-ce90-7aec-a64e-c5a6f87038cf", "kind": "CloudService"}, "sourceNat": {}, "description": "Waits for the carrier's go-ahead", "loadBalancerType": "Layer4"}, "version": 1, "createTime": "2026-11-25T21:05:09.489549+00:00", "updateTime": "2026-11-25T21:05:09.489549+00:00"}
01930000-0000-7000-8000-000000000011	{"id": "01930000-0000-7000-8000-000000000011", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "edge.globex.example any", "labels": {"app": "edge", "env": "prod"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf5f-729c-8277-1b7c788780a6", "protocol": "Any"}, "placement": {"id": "01a21486-ce8a-7163-9d52-7368ebd0fe94", "kind": "Device"}, "sourceNat": {}, "description": "", "loadBalancerType": "Layer2"}, "version": 1, "createTime": "2026-11-25T21:05:09.497455+00:00", "updateTime": "2026-11-25T21:05:09.497455+00:00"}
01930000-0000-7000-8000-000000000014	{"id": "01930000-0000-7000-8000-000000000014", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "www.acme.example tunnel", "labels": {"app": "www", "env": "test"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Tcp"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "Takes the same traffic as www.acme.example https: a conflict", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer4"}, "version": 1, "createTime": "2026-11-25T21:05:09.513731+00:00", "updateTime": "2026-11-25T21:05:09.513731+00:00"}
01930000-0000-7000-8000-000000000007	{"id": "01930000-0000-7000-8000-000000000007", "living": false, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "dns.acme.example", "labels": {"app": "dns", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf53-791d-a10d-cd2b373ab29d", "port": 53, "protocol": "Dns"}, "placement": {"id": "01a21486-ce8a-7c73-b9cc-a70e5cc60dcf", "kind": "VirtualChassis"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000304", "loadBalancerType": "Dns"}, "version": 2, "createTime": "2026-11-25T21:05:09.4752+00:00", "deleteTime": "2026-11-25T21:05:38.941081+00:00", "updateTime": "2026-11-25T21:05:38.941081+00:00"}
01930000-0000-7000-8000-000000000008	{"id": "01930000-0000-7000-8000-000000000008", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "dns.acme.example v6", "labels": {"app": "dns", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf5f-7b83-96c1-36b0d19d1eb2", "protocol": "Dns"}, "placement": {"id": "01a21486-ce8a-7c73-b9cc-a70e5cc60dcf", "kind": "VirtualChassis"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000304", "loadBalancerType": "Dns"}, "version": 3, "createTime": "2026-11-25T21:05:09.479642+00:00", "updateTime": "2026-11-25T21:05:40.000283+00:00"}
01930000-0000-7000-8000-000000000012	{"id": "01930000-0000-7000-8000-000000000012", "living": true, "content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000204"]}, "name": "intranet.globex.example", "labels": {"app": "intranet", "env": "stage"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf5f-7de2-b0ba-432274fdc20b", "port": 8080, "protocol": "Http2"}, "placement": {"id": "01a21486-ce8a-7163-9d52-7368ebd0fe94", "kind": "Device"}, "sourceNat": {"type": "Static"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.502453+00:00", "updateTime": "2026-11-25T21:05:09.502453+00:00"}
01930000-0000-7000-8000-000000000005	{"id": "01930000-0000-7000-8000-000000000005", "living": true, "content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "name": "renamed-server", "labels": {"env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-716b-a469-41174cb95e2a", "port": 8443, "protocol": "Grpc"}, "placement": {"id": "01a21486-ce8a-7942-bd6e-943332bd81e2", "kind": "Device"}, "sourceNat": {}, "description": "moved", "loadBalancerPool": "01930000-0000-7000-8000-000000000302", "loadBalancerType": "Layer7"}, "version": 3, "createTime": "2026-11-25T21:05:09.465354+00:00", "updateTime": "2026-11-25T21:05:37.108369+00:00"}
01930000-0000-7000-8000-000000000006	{"id": "01930000-0000-7000-8000-000000000006", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "db.acme.example postgres", "labels": {"app": "db", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7a35-a9ef-31b3c9b832d5", "port": 5432, "protocol": "Tcp"}, "placement": {"id": "01a21486-ce8a-7a8d-bc64-7b0e6b07984c", "kind": "Device"}, "sourceNat": {"pool": "01a21486-ce92-7181-9b70-fdf70d7d387f", "type": "Pool"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000303", "loadBalancerType": "Layer4", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}, "version": 3, "createTime": "2026-11-25T21:05:09.471188+00:00", "updateTime": "2026-11-25T21:05:38.386208+00:00"}
01930000-0000-7000-8000-000000000013	{"id": "01930000-0000-7000-8000-000000000013", "living": true, "content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "shop.acme.example", "labels": {"app": "shop", "env": "test"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce85-7a06-8652-200473010fe8"}, "placement": {"id": "01a21486-ce8a-7942-bd6e-943332bd81e2", "kind": "Device"}, "sourceNat": {}, "description": "Under construction: no port, protocol, pool or certificate yet", "loadBalancerType": "Layer7"}, "version": 1, "createTime": "2026-11-25T21:05:09.509998+00:00", "updateTime": "2026-11-25T21:05:09.509998+00:00"}
\.

COPY registry.mt_event_progression (name, last_seq_id, last_updated, mode, rebuild_threshold, assigned_node, heartbeat, agent_status, pause_reason, running_on_node, warning_behind_threshold, critical_behind_threshold, failure_category, failure_event_sequence, failure_event_type, failure_event_tenant_id) FROM stdin;
HighWaterMark	66	2026-11-25 21:05:46.317333+00	none	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
announcements:All	66	2026-11-25 21:05:40.01044+00	none	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
HighWaterAllocationFence	66	2026-11-25 21:05:46.314119+00	none	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
\.

COPY registry.mt_event_projection_floors (name, tenant_id, floor, last_updated) FROM stdin;
\.

COPY registry.mt_events (seq_id, id, stream_id, version, data, bdata, type, "timestamp", tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived) FROM stdin;
1	6ecacad0-d1ed-435d-9646-efcceba767e7	01a21486-ce82-7169-b783-bed22c7836c2	1	{"entry": {"kind": "Tenant", "name": "globex", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.738645+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
2	80c2d4b7-fbf9-450d-a9da-c327b1517ca4	01a21486-ce89-7480-ae1b-12966f65cd34	1	{"entry": {"kind": "Tenant", "name": "acme", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.745954+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
3	28e0cef0-08bf-49de-a8e6-aa3f892c8d87	01a21486-ce8a-7163-9d52-7368ebd0fe94	1	{"entry": {"kind": "Device", "name": "fra-lb-1", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.746101+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
4	9fcd26c1-5b25-4bf3-b66a-faaf462f3295	01a21486-ce8a-7942-bd6e-943332bd81e2	1	{"entry": {"kind": "Device", "name": "ams-lb-1", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.746086+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
5	8e8a84a6-fdcd-4062-a82f-d11520c0746a	01a21486-ce8a-7a8d-bc64-7b0e6b07984c	1	{"entry": {"kind": "Device", "name": "ams-lb-2", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.746096+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
6	e9958e9a-3b84-495f-99d1-cb26597169b4	01a21486-ce8a-7b8c-bacc-3885942fc24c	1	{"entry": {"kind": "DeviceRedundancyGroup", "name": "ams-lb-pair", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.74611+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
7	08bee013-be7d-4149-9543-e2b1ddf88c1f	01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	1	{"entry": {"kind": "VirtualChassis", "name": "fra-chassis", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.746115+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
8	945572e7-24db-4e9f-901c-b02f0ab386ec	01a21486-ce90-7aec-a64e-c5a6f87038cf	1	{"entry": {"kind": "CloudService", "name": "aws-eu-central-1-nlb", "scope": ""}}	\N	inventory_object.registered	2026-11-25 21:05:08.752899+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
9	6bef1ede-f92b-4138-97d6-1b09cd47ac40	01a21486-ce92-716b-a469-41174cb95e2a	1	{"entry": {"kind": "IpAddress", "name": "192.0.2.11", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.754787+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
10	99f36b28-68f4-4650-bfcc-ed235b6b41c4	01a21486-ce92-7181-9b70-fdf70d7d387f	1	{"entry": {"kind": "Prefix", "name": "198.51.100.0/26", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.754735+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
11	f2431a55-b52b-4e15-a071-28635c0b437e	01a21486-ce92-7280-8cfa-4fce9de0d28b	1	{"entry": {"kind": "Prefix", "name": "192.0.2.0/24", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.754714+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
13	cbce6431-6c4a-419f-b25e-f9b87dc074fc	01a21486-ce92-797e-8317-9fa030dac8c9	1	{"entry": {"kind": "Prefix", "name": "2001:db8:a::/48", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.75476+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
14	923d6aa8-9fe8-430b-8d5f-bf71ddf04ef5	01a21486-ce92-7a35-a9ef-31b3c9b832d5	1	{"entry": {"kind": "IpAddress", "name": "192.0.2.12", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.754795+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
15	d835b096-c113-480a-8929-3a4818a01d51	01a21486-ce92-7b83-a594-3a4fda60ed42	1	{"entry": {"kind": "IpAddress", "name": "192.0.2.10", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.754779+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
16	0f6031d3-80f1-4691-9a3b-b9c52d28bdde	01a21486-ce92-7c4b-b709-e653d533a3a4	1	{"entry": {"kind": "Prefix", "name": "192.0.2.0/24", "scope": "globex-internal"}}	\N	inventory_object.registered	2026-11-25 21:05:08.75477+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
12	72104ea0-2743-4c6b-ab2b-b0807850f59f	01a21486-ce85-7a06-8652-200473010fe8	1	{"entry": {"kind": "IpAddress", "name": "192.0.2.20", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.741149+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
17	f3a3a54c-1c97-4561-a992-e639b913241a	01a21486-cf53-791d-a10d-cd2b373ab29d	1	{"entry": {"kind": "IpAddress", "name": "192.0.2.53", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.947658+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
18	266ff5bb-3cbd-4fc2-a859-1981e9190fc6	01a21486-cf59-79bc-8dad-8bae010e2c57	1	{"entry": {"kind": "IpAddress", "name": "203.0.113.5", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.953652+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
19	a17dd45e-2328-4bad-bcd5-b3ddcce3a695	01a21486-cf5d-7792-852b-281bb2d23a8e	1	{"entry": {"kind": "IpAddress", "name": "203.0.113.6", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.957013+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
20	f3486f42-4381-488b-8525-8d92afd21c1c	01a21486-cf5f-716b-97d5-f7727e86a215	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.32", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959674+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
21	11c65d22-96d2-4610-a50b-93eb75e5c89e	01a21486-cf5f-7190-96d0-3b75def23b84	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.21", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959698+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
22	eb73da21-3a0c-461d-ba6f-c330fd3c432e	01a21486-cf5f-7228-b069-c0167d57596e	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.13", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959705+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
23	94fba256-b286-493a-b890-130ba497ad39	01a21486-cf5f-729a-98e7-2d6066388952	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.11", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959722+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
24	a8cd66f8-c3db-4523-aa77-e66caee0fb3d	01a21486-cf5f-729c-8277-1b7c788780a6	1	{"entry": {"kind": "IpAddress", "name": "2001:db8:a::20", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959755+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
25	bcce49b8-aec4-4339-8d64-35f5fdbfa521	01a21486-cf5f-7491-a719-94dd4cd315f6	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.54", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959657+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
26	d25c8236-e741-4779-badf-6d21bb01b9e9	01a21486-cf5f-74fe-a5e3-774411d1d916	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.53", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959666+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
27	6795e4ff-301c-430b-a9d6-0616b061f31a	01a21486-cf5f-77d0-84bf-9ac65e4e095c	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.22", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959689+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
28	7cadac6a-3c3b-4b4f-9fd9-cc6434e89790	01a21486-cf5f-7a27-a892-ccbf234b2814	1	{"entry": {"kind": "IpAddress", "name": "2001:db8:a::10", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959764+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
29	9f79457b-bb5b-4243-90d5-6b53c9df9453	01a21486-cf5f-7b1f-a13a-6cbbf51b7b21	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.31", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959682+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
30	cd34192a-f5ac-4845-b480-dc4c4a621a72	01a21486-cf5f-7b83-96c1-36b0d19d1eb2	1	{"entry": {"kind": "IpAddress", "name": "2001:db8:a::53", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959745+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
31	d3064836-c2e0-45f2-a9b1-71ce159b5289	01a21486-cf5f-7c17-845e-a96032442433	1	{"entry": {"kind": "IpAddress", "name": "10.10.0.12", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959713+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
32	ef021fe4-2768-469f-a67c-0de29146d27e	01a21486-cf5f-7de2-b0ba-432274fdc20b	1	{"entry": {"kind": "IpAddress", "name": "10.20.0.10", "scope": "globex-internal"}}	\N	inventory_object.registered	2026-11-25 21:05:08.95973+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
33	b948efcd-a3c4-470a-b8b1-7b12c18ac46d	01a21486-cf5f-7f12-97f5-5622954a5852	1	{"entry": {"kind": "Prefix", "name": "10.10.0.0/24", "scope": "Global"}}	\N	inventory_object.registered	2026-11-25 21:05:08.959636+00	*DEFAULT*	VirtualServers.Domain.Inventory.Event+Registered, VirtualServer.Domain	cb1865e1bafcc0c5997d1f28e712da0e	00-cb1865e1bafcc0c5997d1f28e712da0e-c48bffdff516db81-00	{"reason": "seed"}	seed	f
37	15f2174a-bd51-483f-9d59-e56461acfb18	01930000-0000-7000-8000-000000000201	1	{"content": {"name": "www.acme.example 2026", "type": "Server", "files": {"key": "/etc/tls/www.acme.example.key", "chain": "/etc/tls/acme-chain.crt", "certificate": "/etc/tls/www.acme.example.crt"}, "cipher": "", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2026-12-15T00:00:00+00:00"}}	\N	certificate_profile.created	2026-11-25 21:05:09.222612+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Certificates.CertificateProfile, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	c1f67e9ac720efa98f470b14a722f46a	00-c1f67e9ac720efa98f470b14a722f46a-0b186c36e5087123-00	{"reason": "seed"}	seed	f
38	b8e89d4d-e849-46a4-a472-8964770b7e35	01930000-0000-7000-8000-000000000202	1	{"content": {"name": "www.acme.example 2027", "type": "Server", "files": {"key": "/etc/tls/www.acme.example.2027.key", "chain": "/etc/tls/acme-chain.crt", "certificate": "/etc/tls/www.acme.example.2027.crt"}, "cipher": "", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2027-12-15T00:00:00+00:00"}}	\N	certificate_profile.created	2026-11-25 21:05:09.248401+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Certificates.CertificateProfile, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	d4eaa4ed64b21cd93bee43f86385c6cc	00-d4eaa4ed64b21cd93bee43f86385c6cc-7ba5d54ba74e257e-00	{"reason": "seed"}	seed	f
34	7ab4a45f-adf0-4856-b3a0-fcbddbffa80f	01930000-0000-7000-8000-000000000101	1	{"content": {"name": "https-200", "type": "Https", "schedule": {"retry": 2, "timeout": 3, "interval": 10}}}	\N	health_check_monitor.created	2026-11-25 21:05:09.075277+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Monitors.HealthCheckMonitor, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	48ec6662c876445eb8b00f600156e2aa	00-48ec6662c876445eb8b00f600156e2aa-3635b2439da0fec6-00	{"reason": "seed"}	seed	f
35	cf58b5eb-b5ce-4dea-9b4c-80b09ec56e8e	01930000-0000-7000-8000-000000000102	1	{"content": {"name": "tcp-connect", "type": "Tcp", "schedule": {"retry": 3, "timeout": 2, "interval": 5}}}	\N	health_check_monitor.created	2026-11-25 21:05:09.120121+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Monitors.HealthCheckMonitor, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	3906a4fc62c723adc8239170ac59689a	00-3906a4fc62c723adc8239170ac59689a-4f0fe0a033324167-00	{"reason": "seed"}	seed	f
36	bf7e1c95-a11d-4fb3-8c87-2a2bfd2b281b	01930000-0000-7000-8000-000000000103	1	{"content": {"name": "dns-query", "port": 53, "type": "Dns", "schedule": {"retry": 2, "timeout": 1, "interval": 5}}}	\N	health_check_monitor.created	2026-11-25 21:05:09.149312+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Monitors.HealthCheckMonitor, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	b902cea3a0dcb8f73dd887202786cf5d	00-b902cea3a0dcb8f73dd887202786cf5d-1c5c1cfc03cc2e1a-00	{"reason": "seed"}	seed	f
39	b2b1914a-5365-481e-89d7-732e3f497cef	01930000-0000-7000-8000-000000000203	1	{"content": {"name": "api.acme.example", "type": "MutualTls", "files": {"key": "/etc/tls/api.acme.example.key", "chain": "", "certificate": "/etc/tls/api.acme.example.crt"}, "cipher": "TLS_AES_256_GCM_SHA384", "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "expirationDate": "2027-06-13T00:00:00+00:00"}}	\N	certificate_profile.created	2026-11-25 21:05:09.258007+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Certificates.CertificateProfile, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	ad34f69f1f1124c746dc08096e6897f4	00-ad34f69f1f1124c746dc08096e6897f4-1b5ab841cff7ce23-00	{"reason": "seed"}	seed	f
44	e4663ecc-d7f2-4d77-8909-16dc82201caa	01930000-0000-7000-8000-000000000304	1	{"content": {"name": "dns-backends", "labels": {}, "members": [{"id": "01a21486-d0e2-7ebd-902d-74b672d8bbcd", "tls": {"offload": false, "certificateProfiles": []}, "label": "dns-2", "status": "Active", "endpoint": {"port": 53, "ipAddress": "01a21486-cf5f-7491-a719-94dd4cd315f6"}}, {"id": "01a21486-d0e2-7fd3-bc27-a211c2fb81da", "tls": {"offload": false, "certificateProfiles": []}, "label": "dns-1", "status": "Active", "endpoint": {"port": 53, "ipAddress": "01a21486-cf5f-74fe-a5e3-774411d1d916"}}], "algorithm": "RoundRobin", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000103"}}	\N	load_balancer_pool.created	2026-11-25 21:05:09.347333+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	f167773270ababf9bf2bd15ac771a6fe	00-f167773270ababf9bf2bd15ac771a6fe-b2b1654d27be963d-00	{"reason": "seed"}	seed	f
52	094e9b02-1ece-4a22-a080-cee57d094035	01930000-0000-7000-8000-000000000007	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "dns.acme.example", "labels": {"app": "dns", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf53-791d-a10d-cd2b373ab29d", "port": 53, "protocol": "Dns"}, "placement": {"id": "01a21486-ce8a-7c73-b9cc-a70e5cc60dcf", "kind": "VirtualChassis"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000304", "loadBalancerType": "Dns"}}	\N	virtual_server.created	2026-11-25 21:05:09.4752+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	ba7de467dc1ce7412e2fc320b6951f78	00-ba7de467dc1ce7412e2fc320b6951f78-c056145a685a429c-00	{"reason": "seed"}	seed	f
57	b096576a-b8b8-45dd-92f1-61fb74bf93a6	01930000-0000-7000-8000-000000000012	1	{"content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000204"]}, "name": "intranet.globex.example", "labels": {"app": "intranet", "env": "stage"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf5f-7de2-b0ba-432274fdc20b", "port": 8080, "protocol": "Http2"}, "placement": {"id": "01a21486-ce8a-7163-9d52-7368ebd0fe94", "kind": "Device"}, "sourceNat": {"type": "Static"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.502453+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	bd6cc0612e9257ff9bc236ce86fc1088	00-bd6cc0612e9257ff9bc236ce86fc1088-58fc25f6f9ee00fe-00	{"reason": "seed"}	seed	f
60	e3f42111-388c-4f4c-9f42-96d6b752b200	01930000-0000-7000-8000-000000000005	2	{"labels": {"is": {"env": "prod"}, "was": {"app": "api", "env": "prod"}}, "listener": {"is": {"vip": "01a21486-ce92-716b-a469-41174cb95e2a", "port": 8443, "protocol": "Grpc"}, "was": {"vip": "01a21486-ce92-716b-a469-41174cb95e2a", "port": 443, "protocol": "Grpc"}}, "description": {"is": "moved", "was": ""}}	\N	virtual_server.changed	2026-11-25 21:05:36.416553+00	*DEFAULT*	VirtualServers.Domain.VirtualServers.Changed, VirtualServer.Domain	a99d49c549b2312cf34f66682f14a799	00-a99d49c549b2312cf34f66682f14a799-c128c400b4c44905-00	{"reason": "change 4711"}	ops	f
61	e5081e2e-88e4-4dff-b9ab-7e454a3add87	01930000-0000-7000-8000-000000000005	3	{"name": {"is": "renamed-server", "was": "api.acme.example grpc"}}	\N	virtual_server.changed	2026-11-25 21:05:37.108369+00	*DEFAULT*	VirtualServers.Domain.VirtualServers.Changed, VirtualServer.Domain	76fecedccbefe550693d31930715701d	00-76fecedccbefe550693d31930715701d-09b306477c4236d6-00	null	ops	f
62	301f30e8-631f-4c9d-946c-d14146ee3ea1	01930000-0000-7000-8000-000000000006	2	{}	\N	virtual_server.disabled	2026-11-25 21:05:37.804086+00	*DEFAULT*	VirtualServers.Domain.VirtualServers.Disabled, VirtualServer.Domain	1284c8e479b3bc57d6733e0a126faf8c	00-1284c8e479b3bc57d6733e0a126faf8c-f8696fec0d4edad0-00	null	ops	f
63	02c010c2-1e48-4bf4-a1cf-70c7f1f40b14	01930000-0000-7000-8000-000000000006	3	{}	\N	virtual_server.enabled	2026-11-25 21:05:38.386208+00	*DEFAULT*	VirtualServers.Domain.VirtualServers.Enabled, VirtualServer.Domain	18e584ae98b2367bfae5f66c7e4029ee	00-18e584ae98b2367bfae5f66c7e4029ee-e4e1667762d82837-00	null	ops	f
40	8e851476-cbc9-4b14-acf0-251ae10fe074	01930000-0000-7000-8000-000000000204	1	{"content": {"name": "intranet.globex.example", "type": "Server", "files": {"key": "/etc/tls/intranet.key", "chain": "", "certificate": "/etc/tls/intranet.crt"}, "cipher": "", "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "expirationDate": "2026-11-22T00:00:00+00:00"}}	\N	certificate_profile.created	2026-11-25 21:05:09.263542+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Certificates.CertificateProfile, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	0ccd859e64a8267c8919aac806094210	00-0ccd859e64a8267c8919aac806094210-b5013a79d69afbd7-00	{"reason": "seed"}	seed	f
41	fb7ac932-9ce9-405a-8437-9ffc6d5abb22	01930000-0000-7000-8000-000000000301	1	{"content": {"name": "www-backends", "labels": {"app": "www"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0a7-73c4-99c6-eb97c10575e7", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-1", "status": "Active", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-729a-98e7-2d6066388952"}}, {"id": "01a21486-d0a8-7214-8cbd-1f64610ff2a1", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-3", "status": "Maintenance", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-7228-b069-c0167d57596e"}}, {"id": "01a21486-d0a8-72bd-ab3e-ac9c75d3bf40", "tls": {"offload": false, "certificateProfiles": []}, "label": "www-2", "status": "Active", "endpoint": {"port": 8443, "ipAddress": "01a21486-cf5f-7c17-845e-a96032442433"}}], "algorithm": "LeastConnections", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000101"}}	\N	load_balancer_pool.created	2026-11-25 21:05:09.301666+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	d4c6e5488beddee8d98a10fac7955fd5	00-d4c6e5488beddee8d98a10fac7955fd5-5bcf3fc58d326c07-00	{"reason": "seed"}	seed	f
45	aafc4adc-d670-4e2d-a0ea-78a4b4fc9ef6	01930000-0000-7000-8000-000000000305	1	{"content": {"name": "voip-backends", "labels": {}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "members": [], "algorithm": "RoundRobin", "description": "The carrier has not said yet who takes the calls"}}	\N	load_balancer_pool.created	2026-11-25 21:05:09.357054+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	4eb2cf07fe31af3f0fdc7de198466ef8	00-4eb2cf07fe31af3f0fdc7de198466ef8-5be8c91259587c1b-00	{"reason": "seed"}	seed	f
46	fe5fad4a-cd12-43ff-975b-7518a9d83e45	01930000-0000-7000-8000-000000000001	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "www.acme.example http", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 80, "protocol": "Http"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "Redirects to HTTPS", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.384683+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	864213283e38c43ef710319319448d9d	00-864213283e38c43ef710319319448d9d-a4074ca3c82723ee-00	{"reason": "seed"}	seed	f
47	8a2c53c0-2847-4957-ad82-4358d993fce3	01930000-0000-7000-8000-000000000002	1	{"content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example https", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Https"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {"type": "Auto"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.431019+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	2c23caad95edf60a40887cc070339458	00-2c23caad95edf60a40887cc070339458-f5e7a2b82f3476ce-00	{"reason": "seed"}	seed	f
49	300f938e-8f6a-4d6f-8209-63e78effef0f	01930000-0000-7000-8000-000000000004	1	{"content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example https v6", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf5f-7a27-a892-ccbf234b2814", "port": 443, "protocol": "Https"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.456272+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	fbc8b38889979a6b5206a9e302a801e6	00-fbc8b38889979a6b5206a9e302a801e6-a3be358dbb9fa457-00	{"reason": "seed"}	seed	f
50	3ad71864-ca4d-4f5c-9264-6f899a60cd3d	01930000-0000-7000-8000-000000000005	1	{"content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "name": "api.acme.example grpc", "labels": {"app": "api", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-716b-a469-41174cb95e2a", "port": 443, "protocol": "Grpc"}, "placement": {"id": "01a21486-ce8a-7942-bd6e-943332bd81e2", "kind": "Device"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000302", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.465354+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	34a88344171897544c6d8b96d6e6ebb9	00-34a88344171897544c6d8b96d6e6ebb9-6b362a5ff9bffa97-00	{"reason": "seed"}	seed	f
53	ba44db8e-aa27-485b-8349-e730ec5bd219	01930000-0000-7000-8000-000000000008	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "dns.acme.example v6", "labels": {"app": "dns", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-cf5f-7b83-96c1-36b0d19d1eb2", "protocol": "Dns"}, "placement": {"id": "01a21486-ce8a-7c73-b9cc-a70e5cc60dcf", "kind": "VirtualChassis"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000304", "loadBalancerType": "Dns"}}	\N	virtual_server.created	2026-11-25 21:05:09.479642+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	a69534e4d63bd8798660b7c75732a9ef	00-a69534e4d63bd8798660b7c75732a9ef-c8b7bc4939e3d2bf-00	{"reason": "seed"}	seed	f
42	3296c7c3-c808-4506-864c-5cf46f669c5e	01930000-0000-7000-8000-000000000302	1	{"content": {"name": "api-backends", "labels": {"app": "api"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0d0-71c3-ae03-6f9548917691", "tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "label": "api-2", "status": "Active", "endpoint": {"port": 50051, "ipAddress": "01a21486-cf5f-77d0-84bf-9ac65e4e095c"}}, {"id": "01a21486-d0d0-79a6-9cee-ff0b43417c61", "tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000203"]}, "label": "api-1", "status": "Active", "endpoint": {"port": 50051, "ipAddress": "01a21486-cf5f-7190-96d0-3b75def23b84"}}], "algorithm": "LeastRequest", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}}	\N	load_balancer_pool.created	2026-11-25 21:05:09.331248+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	ec526f85e1cfa6ea2c0ce22f02b10cde	00-ec526f85e1cfa6ea2c0ce22f02b10cde-652a0e278dd92552-00	{"reason": "seed"}	seed	f
43	319e2385-9484-41ba-9c28-19380212ef52	01930000-0000-7000-8000-000000000303	1	{"content": {"name": "db-backends", "labels": {}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "members": [{"id": "01a21486-d0df-7771-80b6-f7bcc879e852", "tls": {"offload": false, "certificateProfiles": []}, "label": "db-2", "status": "Planned", "endpoint": {"port": 5432, "ipAddress": "01a21486-cf5f-716b-97d5-f7727e86a215"}}, {"id": "01a21486-d0df-78b0-959c-3f468704c9ef", "tls": {"offload": false, "certificateProfiles": []}, "label": "db-1", "status": "Active", "endpoint": {"port": 5432, "ipAddress": "01a21486-cf5f-7b1f-a13a-6cbbf51b7b21"}}], "algorithm": "SourceIpHash", "description": "", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}}	\N	load_balancer_pool.created	2026-11-25 21:05:09.344161+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.Pools.LoadBalancerPool, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	2920bd26432484dbe3ec62a1a5503c67	00-2920bd26432484dbe3ec62a1a5503c67-7c9e060b92804ed2-00	{"reason": "seed"}	seed	f
48	f251fb33-ae8a-409a-8121-fd7efc56ea45	01930000-0000-7000-8000-000000000003	1	{"content": {"tls": {"offload": true, "certificateProfiles": ["01930000-0000-7000-8000-000000000201"]}, "name": "www.acme.example http3", "labels": {"app": "www", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Quic"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.447535+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	ba70c30961a588cc9745af49441d12fc	00-ba70c30961a588cc9745af49441d12fc-93fe7dc00ea1c9d1-00	{"reason": "seed"}	seed	f
51	c150a0da-cc1f-4416-868e-b922424c737a	01930000-0000-7000-8000-000000000006	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "db.acme.example postgres", "labels": {"app": "db", "env": "prod"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7a35-a9ef-31b3c9b832d5", "port": 5432, "protocol": "Tcp"}, "placement": {"id": "01a21486-ce8a-7a8d-bc64-7b0e6b07984c", "kind": "Device"}, "sourceNat": {"pool": "01a21486-ce92-7181-9b70-fdf70d7d387f", "type": "Pool"}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000303", "loadBalancerType": "Layer4", "healthCheckMonitor": "01930000-0000-7000-8000-000000000102"}}	\N	virtual_server.created	2026-11-25 21:05:09.471188+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	8ddda213b81db91445f82cac797ea380	00-8ddda213b81db91445f82cac797ea380-90f6342a9d1abc08-00	{"reason": "seed"}	seed	f
54	dc330eda-aa3e-4b74-9350-fbb95e8a1af0	01930000-0000-7000-8000-000000000009	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "voip.globex.example", "labels": {"app": "voip", "env": "prod"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf59-79bc-8dad-8bae010e2c57", "port": 5060, "protocol": "Udp"}, "placement": {"id": "01a21486-ce90-7aec-a64e-c5a6f87038cf", "kind": "CloudService"}, "sourceNat": {}, "description": "", "loadBalancerPool": "01930000-0000-7000-8000-000000000305", "loadBalancerType": "Layer4"}}	\N	virtual_server.created	2026-11-25 21:05:09.482287+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	465bed96d9d507536c0f0335400cb747	00-465bed96d9d507536c0f0335400cb747-73a57bb0ccc5be2f-00	{"reason": "seed"}	seed	f
58	9ca57624-002b-407b-8d04-2c479d3ebe81	01930000-0000-7000-8000-000000000013	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "shop.acme.example", "labels": {"app": "shop", "env": "test"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce85-7a06-8652-200473010fe8"}, "placement": {"id": "01a21486-ce8a-7942-bd6e-943332bd81e2", "kind": "Device"}, "sourceNat": {}, "description": "Under construction: no port, protocol, pool or certificate yet", "loadBalancerType": "Layer7"}}	\N	virtual_server.created	2026-11-25 21:05:09.509998+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	af93924b19222cd2f4e88805832a4aed	00-af93924b19222cd2f4e88805832a4aed-04ab4443c60ba83a-00	{"reason": "seed"}	seed	f
55	d062280a-29cd-4e0a-a6c9-c45b839c0f3a	01930000-0000-7000-8000-000000000010	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "signal.globex.example", "labels": {"app": "signal", "env": "stage"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": false, "listener": {"vip": "01a21486-cf5d-7792-852b-281bb2d23a8e", "port": 2905, "protocol": "Sctp"}, "placement": {"id": "01a21486-ce90-7aec-a64e-c5a6f87038cf", "kind": "CloudService"}, "sourceNat": {}, "description": "Waits for the carrier's go-ahead", "loadBalancerType": "Layer4"}}	\N	virtual_server.created	2026-11-25 21:05:09.489549+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	8af7b5f4b9261ca4f5fe1be2b73001b5	00-8af7b5f4b9261ca4f5fe1be2b73001b5-4d6b6f5e45aab98f-00	{"reason": "seed"}	seed	f
56	92e93532-23d3-47f1-8e27-422e8c4b8f03	01930000-0000-7000-8000-000000000011	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "edge.globex.example any", "labels": {"app": "edge", "env": "prod"}, "tenant": "01a21486-ce82-7169-b783-bed22c7836c2", "enabled": true, "listener": {"vip": "01a21486-cf5f-729c-8277-1b7c788780a6", "protocol": "Any"}, "placement": {"id": "01a21486-ce8a-7163-9d52-7368ebd0fe94", "kind": "Device"}, "sourceNat": {}, "description": "", "loadBalancerType": "Layer2"}}	\N	virtual_server.created	2026-11-25 21:05:09.497455+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	eab5292b00f1074ddfe8d935b325ca29	00-eab5292b00f1074ddfe8d935b325ca29-f76cade6339cd91c-00	{"reason": "seed"}	seed	f
59	fd4d3081-8e14-4f10-af0e-a958fbbba08d	01930000-0000-7000-8000-000000000014	1	{"content": {"tls": {"offload": false, "certificateProfiles": []}, "name": "www.acme.example tunnel", "labels": {"app": "www", "env": "test"}, "tenant": "01a21486-ce89-7480-ae1b-12966f65cd34", "enabled": true, "listener": {"vip": "01a21486-ce92-7b83-a594-3a4fda60ed42", "port": 443, "protocol": "Tcp"}, "placement": {"id": "01a21486-ce8a-7b8c-bacc-3885942fc24c", "kind": "DeviceRedundancyGroup"}, "sourceNat": {}, "description": "Takes the same traffic as www.acme.example https: a conflict", "loadBalancerPool": "01930000-0000-7000-8000-000000000301", "loadBalancerType": "Layer4"}}	\N	virtual_server.created	2026-11-25 21:05:09.513731+00	*DEFAULT*	VirtualServers.Domain.Created`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	295000f7cfdb2f5323540a642a45d173	00-295000f7cfdb2f5323540a642a45d173-899ee95fecbc1860-00	{"reason": "seed"}	seed	f
64	36a4f4c8-adda-4601-9bf1-4dffb1985f02	01930000-0000-7000-8000-000000000007	2	{}	\N	virtual_server.deleted	2026-11-25 21:05:38.941081+00	*DEFAULT*	VirtualServers.Domain.Deleted`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	bc414b0dbaa006b4c8742a622ada43a0	00-bc414b0dbaa006b4c8742a622ada43a0-7981a8c9e38a04fa-00	{"reason": "gone"}	ops	f
65	70c44f74-0c3d-4eb0-8e49-c13c17db1e88	01930000-0000-7000-8000-000000000008	2	{}	\N	virtual_server.deleted	2026-11-25 21:05:39.457599+00	*DEFAULT*	VirtualServers.Domain.Deleted`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	c91d9f5eb044caa2f2c178e954b07132	00-c91d9f5eb044caa2f2c178e954b07132-fe0a8e78dc196c05-00	null	ops	f
66	c0220dc8-756d-42a7-ab1c-fc0d1b5e2d89	01930000-0000-7000-8000-000000000008	3	{}	\N	virtual_server.undeleted	2026-11-25 21:05:40.000283+00	*DEFAULT*	VirtualServers.Domain.Undeleted`1[[VirtualServers.Domain.VirtualServers.VirtualServer, VirtualServer.Domain, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]], VirtualServer.Domain	4c0e49de2c88b2696b02d5fba27034e9	00-4c0e49de2c88b2696b02d5fba27034e9-d93a3ee3400a7ccf-00	null	ops	f
\.

COPY registry.mt_high_water_skips (ending_sequence, starting_sequence, "timestamp") FROM stdin;
\.

COPY registry.mt_streams (id, type, version, "timestamp", created, tenant_id, compacted_version, is_archived) FROM stdin;
01a21486-ce82-7169-b783-bed22c7836c2	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce89-7480-ae1b-12966f65cd34	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce8a-7163-9d52-7368ebd0fe94	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce8a-7942-bd6e-943332bd81e2	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce8a-7a8d-bc64-7b0e6b07984c	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce85-7a06-8652-200473010fe8	inventory_object	1	2026-11-25 21:05:08.917874+00	2026-11-25 21:05:08.917874+00	*DEFAULT*	0	f
01a21486-ce8a-7b8c-bacc-3885942fc24c	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce90-7aec-a64e-c5a6f87038cf	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-716b-a469-41174cb95e2a	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-7181-9b70-fdf70d7d387f	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-7280-8cfa-4fce9de0d28b	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-797e-8317-9fa030dac8c9	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-7a35-a9ef-31b3c9b832d5	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-7b83-a594-3a4fda60ed42	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-ce92-7c4b-b709-e653d533a3a4	inventory_object	1	2026-11-25 21:05:08.919172+00	2026-11-25 21:05:08.919172+00	*DEFAULT*	0	f
01a21486-cf53-791d-a10d-cd2b373ab29d	inventory_object	1	2026-11-25 21:05:08.948273+00	2026-11-25 21:05:08.948273+00	*DEFAULT*	0	f
01a21486-cf59-79bc-8dad-8bae010e2c57	inventory_object	1	2026-11-25 21:05:08.957722+00	2026-11-25 21:05:08.957722+00	*DEFAULT*	0	f
01a21486-cf5d-7792-852b-281bb2d23a8e	inventory_object	1	2026-11-25 21:05:08.957722+00	2026-11-25 21:05:08.957722+00	*DEFAULT*	0	f
01a21486-cf5f-716b-97d5-f7727e86a215	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7190-96d0-3b75def23b84	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7228-b069-c0167d57596e	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-729a-98e7-2d6066388952	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-729c-8277-1b7c788780a6	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7491-a719-94dd4cd315f6	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-74fe-a5e3-774411d1d916	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-77d0-84bf-9ac65e4e095c	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7a27-a892-ccbf234b2814	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7b1f-a13a-6cbbf51b7b21	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7b83-96c1-36b0d19d1eb2	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7c17-845e-a96032442433	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7de2-b0ba-432274fdc20b	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01a21486-cf5f-7f12-97f5-5622954a5852	inventory_object	1	2026-11-25 21:05:08.972462+00	2026-11-25 21:05:08.972462+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000101	health_check_monitor	1	2026-11-25 21:05:09.099562+00	2026-11-25 21:05:09.099562+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000102	health_check_monitor	1	2026-11-25 21:05:09.120673+00	2026-11-25 21:05:09.120673+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000103	health_check_monitor	1	2026-11-25 21:05:09.14976+00	2026-11-25 21:05:09.14976+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000201	certificate_profile	1	2026-11-25 21:05:09.23598+00	2026-11-25 21:05:09.23598+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000202	certificate_profile	1	2026-11-25 21:05:09.249298+00	2026-11-25 21:05:09.249298+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000203	certificate_profile	1	2026-11-25 21:05:09.258535+00	2026-11-25 21:05:09.258535+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000204	certificate_profile	1	2026-11-25 21:05:09.266094+00	2026-11-25 21:05:09.266094+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000301	load_balancer_pool	1	2026-11-25 21:05:09.321191+00	2026-11-25 21:05:09.321191+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000302	load_balancer_pool	1	2026-11-25 21:05:09.338558+00	2026-11-25 21:05:09.338558+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000303	load_balancer_pool	1	2026-11-25 21:05:09.34469+00	2026-11-25 21:05:09.34469+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000304	load_balancer_pool	1	2026-11-25 21:05:09.347748+00	2026-11-25 21:05:09.347748+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000305	load_balancer_pool	1	2026-11-25 21:05:09.357512+00	2026-11-25 21:05:09.357512+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000001	virtual_server	1	2026-11-25 21:05:09.414592+00	2026-11-25 21:05:09.414592+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000002	virtual_server	1	2026-11-25 21:05:09.435585+00	2026-11-25 21:05:09.435585+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000003	virtual_server	1	2026-11-25 21:05:09.448517+00	2026-11-25 21:05:09.448517+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000004	virtual_server	1	2026-11-25 21:05:09.457006+00	2026-11-25 21:05:09.457006+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000009	virtual_server	1	2026-11-25 21:05:09.48287+00	2026-11-25 21:05:09.48287+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000010	virtual_server	1	2026-11-25 21:05:09.490419+00	2026-11-25 21:05:09.490419+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000011	virtual_server	1	2026-11-25 21:05:09.498578+00	2026-11-25 21:05:09.498578+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000012	virtual_server	1	2026-11-25 21:05:09.502986+00	2026-11-25 21:05:09.502986+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000013	virtual_server	1	2026-11-25 21:05:09.510599+00	2026-11-25 21:05:09.510599+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000014	virtual_server	1	2026-11-25 21:05:09.514261+00	2026-11-25 21:05:09.514261+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000005	virtual_server	3	2026-11-25 21:05:37.110608+00	2026-11-25 21:05:09.466113+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000006	virtual_server	3	2026-11-25 21:05:38.3881+00	2026-11-25 21:05:09.471892+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000007	virtual_server	2	2026-11-25 21:05:38.943555+00	2026-11-25 21:05:09.475859+00	*DEFAULT*	0	f
01930000-0000-7000-8000-000000000008	virtual_server	3	2026-11-25 21:05:40.001612+00	2026-11-25 21:05:09.480331+00	*DEFAULT*	0	f
\.

COPY registry.requests (id, fingerprint, answer, "time") FROM stdin;
\.

COPY registry.uses (source, field, part, target, living) FROM stdin;
01930000-0000-7000-8000-000000000201	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000202	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000203	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000204	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000301	health_check_monitor	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000101	t
01930000-0000-7000-8000-000000000301	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000301	members.ip_address	01a21486-d0a7-73c4-99c6-eb97c10575e7	01a21486-cf5f-729a-98e7-2d6066388952	t
01930000-0000-7000-8000-000000000301	members.ip_address	01a21486-d0a8-7214-8cbd-1f64610ff2a1	01a21486-cf5f-7228-b069-c0167d57596e	t
01930000-0000-7000-8000-000000000301	members.ip_address	01a21486-d0a8-72bd-ab3e-ac9c75d3bf40	01a21486-cf5f-7c17-845e-a96032442433	t
01930000-0000-7000-8000-000000000302	health_check_monitor	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000102	t
01930000-0000-7000-8000-000000000302	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000302	members.ip_address	01a21486-d0d0-71c3-ae03-6f9548917691	01a21486-cf5f-77d0-84bf-9ac65e4e095c	t
01930000-0000-7000-8000-000000000302	members.certificate_profiles	01a21486-d0d0-71c3-ae03-6f9548917691	01930000-0000-7000-8000-000000000203	t
01930000-0000-7000-8000-000000000302	members.ip_address	01a21486-d0d0-79a6-9cee-ff0b43417c61	01a21486-cf5f-7190-96d0-3b75def23b84	t
01930000-0000-7000-8000-000000000302	members.certificate_profiles	01a21486-d0d0-79a6-9cee-ff0b43417c61	01930000-0000-7000-8000-000000000203	t
01930000-0000-7000-8000-000000000303	health_check_monitor	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000102	t
01930000-0000-7000-8000-000000000303	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000303	members.ip_address	01a21486-d0df-7771-80b6-f7bcc879e852	01a21486-cf5f-716b-97d5-f7727e86a215	t
01930000-0000-7000-8000-000000000303	members.ip_address	01a21486-d0df-78b0-959c-3f468704c9ef	01a21486-cf5f-7b1f-a13a-6cbbf51b7b21	t
01930000-0000-7000-8000-000000000304	health_check_monitor	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000103	t
01930000-0000-7000-8000-000000000304	members.ip_address	01a21486-d0e2-7ebd-902d-74b672d8bbcd	01a21486-cf5f-7491-a719-94dd4cd315f6	t
01930000-0000-7000-8000-000000000304	members.ip_address	01a21486-d0e2-7fd3-bc27-a211c2fb81da	01a21486-cf5f-74fe-a5e3-774411d1d916	t
01930000-0000-7000-8000-000000000305	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000001	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-7b83-a594-3a4fda60ed42	t
01930000-0000-7000-8000-000000000001	device_redundancy_group	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7b8c-bacc-3885942fc24c	t
01930000-0000-7000-8000-000000000001	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000001	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000002	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-7b83-a594-3a4fda60ed42	t
01930000-0000-7000-8000-000000000002	device_redundancy_group	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7b8c-bacc-3885942fc24c	t
01930000-0000-7000-8000-000000000002	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000002	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000002	certificate_profiles	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000201	t
01930000-0000-7000-8000-000000000003	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-7b83-a594-3a4fda60ed42	t
01930000-0000-7000-8000-000000000003	device_redundancy_group	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7b8c-bacc-3885942fc24c	t
01930000-0000-7000-8000-000000000003	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000003	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000003	certificate_profiles	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000201	t
01930000-0000-7000-8000-000000000004	vip	00000000-0000-0000-0000-000000000000	01a21486-cf5f-7a27-a892-ccbf234b2814	t
01930000-0000-7000-8000-000000000004	device_redundancy_group	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7b8c-bacc-3885942fc24c	t
01930000-0000-7000-8000-000000000004	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000004	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000004	certificate_profiles	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000201	t
01930000-0000-7000-8000-000000000005	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-716b-a469-41174cb95e2a	t
01930000-0000-7000-8000-000000000005	device	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7942-bd6e-943332bd81e2	t
01930000-0000-7000-8000-000000000005	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000005	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000302	t
01930000-0000-7000-8000-000000000005	certificate_profiles	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000203	t
01930000-0000-7000-8000-000000000006	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-7a35-a9ef-31b3c9b832d5	t
01930000-0000-7000-8000-000000000006	device	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7a8d-bc64-7b0e6b07984c	t
01930000-0000-7000-8000-000000000006	source_nat_pool	00000000-0000-0000-0000-000000000000	01a21486-ce92-7181-9b70-fdf70d7d387f	t
01930000-0000-7000-8000-000000000006	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000006	health_check_monitor	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000102	t
01930000-0000-7000-8000-000000000006	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000303	t
01930000-0000-7000-8000-000000000009	vip	00000000-0000-0000-0000-000000000000	01a21486-cf59-79bc-8dad-8bae010e2c57	t
01930000-0000-7000-8000-000000000009	cloud_service	00000000-0000-0000-0000-000000000000	01a21486-ce90-7aec-a64e-c5a6f87038cf	t
01930000-0000-7000-8000-000000000009	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000009	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000305	t
01930000-0000-7000-8000-000000000010	vip	00000000-0000-0000-0000-000000000000	01a21486-cf5d-7792-852b-281bb2d23a8e	t
01930000-0000-7000-8000-000000000010	cloud_service	00000000-0000-0000-0000-000000000000	01a21486-ce90-7aec-a64e-c5a6f87038cf	t
01930000-0000-7000-8000-000000000010	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000011	vip	00000000-0000-0000-0000-000000000000	01a21486-cf5f-729c-8277-1b7c788780a6	t
01930000-0000-7000-8000-000000000011	device	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7163-9d52-7368ebd0fe94	t
01930000-0000-7000-8000-000000000011	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000012	vip	00000000-0000-0000-0000-000000000000	01a21486-cf5f-7de2-b0ba-432274fdc20b	t
01930000-0000-7000-8000-000000000012	device	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7163-9d52-7368ebd0fe94	t
01930000-0000-7000-8000-000000000012	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce82-7169-b783-bed22c7836c2	t
01930000-0000-7000-8000-000000000012	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000012	certificate_profiles	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000204	t
01930000-0000-7000-8000-000000000013	vip	00000000-0000-0000-0000-000000000000	01a21486-ce85-7a06-8652-200473010fe8	t
01930000-0000-7000-8000-000000000013	device	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7942-bd6e-943332bd81e2	t
01930000-0000-7000-8000-000000000013	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000014	vip	00000000-0000-0000-0000-000000000000	01a21486-ce92-7b83-a594-3a4fda60ed42	t
01930000-0000-7000-8000-000000000014	device_redundancy_group	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7b8c-bacc-3885942fc24c	t
01930000-0000-7000-8000-000000000014	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000014	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000301	t
01930000-0000-7000-8000-000000000007	vip	00000000-0000-0000-0000-000000000000	01a21486-cf53-791d-a10d-cd2b373ab29d	\N
01930000-0000-7000-8000-000000000007	virtual_chassis	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	\N
01930000-0000-7000-8000-000000000007	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	\N
01930000-0000-7000-8000-000000000007	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000304	\N
01930000-0000-7000-8000-000000000008	vip	00000000-0000-0000-0000-000000000000	01a21486-cf5f-7b83-96c1-36b0d19d1eb2	t
01930000-0000-7000-8000-000000000008	virtual_chassis	00000000-0000-0000-0000-000000000000	01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	t
01930000-0000-7000-8000-000000000008	tenant	00000000-0000-0000-0000-000000000000	01a21486-ce89-7480-ae1b-12966f65cd34	t
01930000-0000-7000-8000-000000000008	load_balancer_pool	00000000-0000-0000-0000-000000000000	01930000-0000-7000-8000-000000000304	t
\.

COPY registry.virtual_servers (id, vip, port, protocol, transports, placement_kind, placement, load_balancer_type, enabled, folded_name, tenant, pool, source_nat_pool) FROM stdin;
01930000-0000-7000-8000-000000000001	01a21486-ce92-7b83-a594-3a4fda60ed42	80	Http	1	device_redundancy_group	01a21486-ce8a-7b8c-bacc-3885942fc24c	Layer7	t	www.acme.example http	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000002	01a21486-ce92-7b83-a594-3a4fda60ed42	443	Https	1	device_redundancy_group	01a21486-ce8a-7b8c-bacc-3885942fc24c	Layer7	t	www.acme.example https	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000003	01a21486-ce92-7b83-a594-3a4fda60ed42	443	Quic	2	device_redundancy_group	01a21486-ce8a-7b8c-bacc-3885942fc24c	Layer7	t	www.acme.example http3	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000004	01a21486-cf5f-7a27-a892-ccbf234b2814	443	Https	1	device_redundancy_group	01a21486-ce8a-7b8c-bacc-3885942fc24c	Layer7	t	www.acme.example https v6	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000009	01a21486-cf59-79bc-8dad-8bae010e2c57	5060	Udp	2	cloud_service	01a21486-ce90-7aec-a64e-c5a6f87038cf	Layer4	t	voip.globex.example	01a21486-ce82-7169-b783-bed22c7836c2	01930000-0000-7000-8000-000000000305	\N
01930000-0000-7000-8000-000000000010	01a21486-cf5d-7792-852b-281bb2d23a8e	2905	Sctp	4	cloud_service	01a21486-ce90-7aec-a64e-c5a6f87038cf	Layer4	f	signal.globex.example	01a21486-ce82-7169-b783-bed22c7836c2	\N	\N
01930000-0000-7000-8000-000000000011	01a21486-cf5f-729c-8277-1b7c788780a6	-1	Any	15	device	01a21486-ce8a-7163-9d52-7368ebd0fe94	Layer2	t	edge.globex.example any	01a21486-ce82-7169-b783-bed22c7836c2	\N	\N
01930000-0000-7000-8000-000000000012	01a21486-cf5f-7de2-b0ba-432274fdc20b	8080	Http2	1	device	01a21486-ce8a-7163-9d52-7368ebd0fe94	Layer7	t	intranet.globex.example	01a21486-ce82-7169-b783-bed22c7836c2	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000013	01a21486-ce85-7a06-8652-200473010fe8	-1		15	device	01a21486-ce8a-7942-bd6e-943332bd81e2	Layer7	t	shop.acme.example	01a21486-ce89-7480-ae1b-12966f65cd34	\N	\N
01930000-0000-7000-8000-000000000014	01a21486-ce92-7b83-a594-3a4fda60ed42	443	Tcp	1	device_redundancy_group	01a21486-ce8a-7b8c-bacc-3885942fc24c	Layer4	t	www.acme.example tunnel	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000301	\N
01930000-0000-7000-8000-000000000005	01a21486-ce92-716b-a469-41174cb95e2a	8443	Grpc	1	device	01a21486-ce8a-7942-bd6e-943332bd81e2	Layer7	t	renamed-server	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000302	\N
01930000-0000-7000-8000-000000000006	01a21486-ce92-7a35-a9ef-31b3c9b832d5	5432	Tcp	1	device	01a21486-ce8a-7a8d-bc64-7b0e6b07984c	Layer4	t	db.acme.example postgres	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000303	01a21486-ce92-7181-9b70-fdf70d7d387f
01930000-0000-7000-8000-000000000008	01a21486-cf5f-7b83-96c1-36b0d19d1eb2	-1	Dns	3	virtual_chassis	01a21486-ce8a-7c73-b9cc-a70e5cc60dcf	Dns	t	dns.acme.example v6	01a21486-ce89-7480-ae1b-12966f65cd34	01930000-0000-7000-8000-000000000304	\N
\.

SELECT pg_catalog.setval('registry.mt_events_sequence', 66, true);

ALTER TABLE ONLY registry.mt_event_progression
    ADD CONSTRAINT pk_mt_event_progression PRIMARY KEY (name);

ALTER TABLE ONLY registry.conditions
    ADD CONSTRAINT pkey_conditions_virtual_server_type_other PRIMARY KEY (virtual_server, type, other);

ALTER TABLE ONLY registry.directory
    ADD CONSTRAINT pkey_directory_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_certificate_profile
    ADD CONSTRAINT pkey_mt_doc_certificate_profile_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_deadletterevent
    ADD CONSTRAINT pkey_mt_doc_deadletterevent_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_health_check_monitor
    ADD CONSTRAINT pkey_mt_doc_health_check_monitor_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_inventory_object
    ADD CONSTRAINT pkey_mt_doc_inventory_object_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_load_balancer_pool
    ADD CONSTRAINT pkey_mt_doc_load_balancer_pool_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_doc_virtual_server
    ADD CONSTRAINT pkey_mt_doc_virtual_server_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.mt_event_projection_floors
    ADD CONSTRAINT pkey_mt_event_projection_floors_name_tenant_id PRIMARY KEY (name, tenant_id);

ALTER TABLE ONLY registry.mt_events
    ADD CONSTRAINT pkey_mt_events_seq_id PRIMARY KEY (seq_id);

ALTER TABLE ONLY registry.mt_high_water_skips
    ADD CONSTRAINT pkey_mt_high_water_skips_ending_sequence PRIMARY KEY (ending_sequence);

ALTER TABLE ONLY registry.mt_streams
    ADD CONSTRAINT pkey_mt_streams_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.requests
    ADD CONSTRAINT pkey_requests_id PRIMARY KEY (id);

ALTER TABLE ONLY registry.uses
    ADD CONSTRAINT pkey_uses_source_field_part_target PRIMARY KEY (source, field, part, target);

ALTER TABLE ONLY registry.virtual_servers
    ADD CONSTRAINT pkey_virtual_servers_id PRIMARY KEY (id);

CREATE INDEX conditions_by_other ON registry.conditions USING btree (other);

CREATE INDEX conditions_by_type ON registry.conditions USING btree (type, virtual_server);

CREATE INDEX directory_by_expiration ON registry.directory USING btree (expires) WHERE (expires IS NOT NULL);

CREATE INDEX directory_by_name ON registry.directory USING btree (kind, name COLLATE "C");

CREATE INDEX directory_by_network ON registry.directory USING btree (network) WHERE (network IS NOT NULL);

CREATE INDEX directory_empty_pools ON registry.directory USING btree (id) WHERE (members = 0);

CREATE UNIQUE INDEX directory_living_id ON registry.directory USING btree (id, living);

CREATE UNIQUE INDEX directory_name_is_unique ON registry.directory USING btree (kind, scope, name COLLATE "C") WHERE (living = true);

CREATE UNIQUE INDEX idx_mt_events_event_id ON registry.mt_events USING btree (id);

CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON registry.mt_events USING btree (stream_id, version);

CREATE INDEX requests_by_time ON registry.requests USING btree ("time");

CREATE INDEX uses_by_target ON registry.uses USING btree (target, living, field, source, part);

CREATE INDEX virtual_servers_by_folded_name ON registry.virtual_servers USING btree (folded_name COLLATE "C");

CREATE INDEX virtual_servers_by_pool ON registry.virtual_servers USING btree (pool) WHERE (pool IS NOT NULL);

CREATE INDEX virtual_servers_by_source_nat_pool ON registry.virtual_servers USING btree (source_nat_pool) WHERE (source_nat_pool IS NOT NULL);

CREATE UNIQUE INDEX virtual_servers_listener_is_unique ON registry.virtual_servers USING btree (vip, port, protocol);

ALTER TABLE ONLY registry.conditions
    ADD CONSTRAINT conditions_of_living FOREIGN KEY (virtual_server) REFERENCES registry.virtual_servers(id) ON DELETE CASCADE;

ALTER TABLE ONLY registry.mt_events
    ADD CONSTRAINT fkey_mt_events_stream_id FOREIGN KEY (stream_id) REFERENCES registry.mt_streams(id) ON DELETE CASCADE;

ALTER TABLE ONLY registry.uses
    ADD CONSTRAINT uses_target_lives FOREIGN KEY (target, living) REFERENCES registry.directory(id, living);

